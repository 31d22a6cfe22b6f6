/** Delivery: what the workflows in .github call beside the commands in infra/commands. */

import { readFileSync } from "node:fs";

import { notesOf } from "./notes.js";

/** `npm run release-notes -- v1.2.0`: prints the notes of a tag. Fails where tag, package.json and changelog do not agree. */
function main(tag: string | undefined): void {
  const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
  if (tag !== `v${version}`) {
    throw new Error(`The tag ${tag ?? "(none)"} is not v${version}, the version in package.json.`);
  }
  const { GITHUB_SERVER_URL: server = "https://github.com", GITHUB_REPOSITORY: repository = "" } =
    process.env;
  const files = `${server}/${repository}/blob/${tag}`;
  process.stdout.write(notesOf(readFileSync("CHANGELOG.md", "utf8"), { version, files }));
}

try {
  main(process.argv[2]);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
