import manifest from "../../../package.json" with { type: "json" };

/** The lines of Node.js on which every test passes, oldest first, as package.json has them: `^20.19 || ^22.12`. */
export const TESTED_LINES: readonly string[] = [...manifest.engines.node.matchAll(/\^(\d+)/g)].map(
  ([, line = ""]) => line,
);

/** What is worth knowing of Node.js `version`; undefined on a line on which the tests pass. */
export function untestedNode(version: string): string | undefined {
  const [line = ""] = version.split(".");
  if (TESTED_LINES.includes(line)) {
    return undefined;
  }
  return `the service is not tested on Node.js ${version}: the tested lines are ${TESTED_LINES.join(", ")}`;
}
