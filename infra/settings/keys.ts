/** Name of the project: the namespace of the settings' keys. */
export const PROJECT = "ai-model-service";

/** Name of the image that holds models alone. */
export const MODELS_IMAGE = `${PROJECT}-models`;

/** A setting's key as a person writes it: `ai-model-service:local.ports.api`. */
export function fullKey(path: string): string {
  return `${PROJECT}:${path}`;
}

/** The commands with which a person changes a setting of the local stack. */
export function howToSet(path: string, value: string): string {
  const key = fullKey(path);
  return `\`pulumi config set --path ${key} ${value}\`, or \`npm run up -- --config-path --config ${key}=${value}\``;
}
