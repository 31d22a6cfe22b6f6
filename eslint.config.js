import js from "@eslint/js";
import { defineConfig, globalIgnores } from "eslint/config";
import globals from "globals";
import tseslint from "typescript-eslint";

const SENTENCE = "Write messages to callers as whole sentences, with a capital and a stop.";

export default defineConfig(
  globalIgnores(["**/dist/", "**/node_modules/", "bench/.cache/"]),
  js.configs.recommended,
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      // One dialect: braces always, `private` members, functions of a module as declarations.
      curly: ["error", "all"],
      "no-restricted-syntax": [
        "error",
        { selector: "PrivateIdentifier", message: "Write `private name`, as everywhere in this project." },
        // What a caller reads are whole sentences: a capital (or a quoted name, or a path into the body), and a stop.
        {
          selector:
            "NewExpression[callee.name='ServiceError'][arguments.1.type='Literal']:not([arguments.1.value=/^[A-Z].*[.!?]$/s])",
          message: SENTENCE,
        },
        {
          selector:
            "NewExpression[callee.name='ServiceError'][arguments.1.type='TemplateLiteral']:not([arguments.1.quasis.0.value.raw=/^([A-Z]|$)/])",
          message: SENTENCE,
        },
        {
          selector:
            "NewExpression[callee.name='ServiceError'] > TemplateLiteral.arguments > TemplateElement[tail=true]:not([value.raw=/([.!?]|^)$/])",
          message: SENTENCE,
        },
        {
          selector:
            ":matches(Program, ExportNamedDeclaration) > VariableDeclaration > VariableDeclarator[init.type='ArrowFunctionExpression']:not([id.typeAnnotation])",
          message: "Declare a module's function with `function`; arrows are for values and callbacks.",
        },
      ],
      "@typescript-eslint/no-non-null-assertion": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      // A Pulumi Output inside a template string prints a warning instead of its value.
      "@typescript-eslint/restrict-template-expressions": [
        "error",
        { allowNumber: true, allowBoolean: true },
      ],
    },
  },
  {
    files: ["service/web/**/*.js"],
    languageOptions: { globals: globals.browser },
  },
  {
    files: ["**/*.js", "**/*.cjs"],
    ignores: ["service/web/**"],
    languageOptions: { globals: globals.node },
  },
);
