import { createHash } from "node:crypto";
import { closeSync, openSync, readdirSync, readSync, statSync } from "node:fs";
import { join } from "node:path";

/** What the image is made from, relative to the repository's root. `.dockerignore` lets exactly these through. */
export const IMAGE_INPUTS = [
  ".npmrc",
  "package.json",
  "package-lock.json",
  "contract",
  "infra/package.json",
  "service",
] as const;

/** Folders and files below an input that the image does not depend on. */
export const NOT_INPUTS: ReadonlySet<string> = new Set(["node_modules", "dist", ".DS_Store", "Thumbs.db"]);

const PART_BYTES = 1 << 20;

/** Paths of all files below the inputs, relative to root, sorted. */
export function inputFiles(root: string, inputs: readonly string[] = IMAGE_INPUTS): string[] {
  return inputs.flatMap((input) => filesBelow(root, input)).sort();
}

function filesBelow(root: string, path: string): string[] {
  if (!statSync(join(root, path)).isDirectory()) {
    return [path];
  }
  const names = readdirSync(join(root, path)).filter((name) => !NOT_INPUTS.has(name));
  return names.flatMap((name) => filesBelow(root, `${path}/${name}`));
}

/**
 * A tag that follows from what the image is made of: the files' paths and content, and whatever else decides
 * the outcome. The same inputs give the same tag on every machine.
 */
export function contentTag(root: string, files: readonly string[], ...others: string[]): string {
  const hash = createHash("sha256");
  for (const other of others) {
    hash.update(`${other}\n`);
  }
  for (const file of files) {
    const path = join(root, file);
    hash.update(`${file}\n${statSync(path).size}\n`);
    for (const part of contentOf(path)) {
      hash.update(part);
    }
  }
  return `content-${hash.digest("hex").slice(0, 16)}`;
}

/** A file in parts: weights may be larger than what can be read at once. The next part takes the place of the one before. */
function* contentOf(path: string): Generator<Buffer> {
  const part = Buffer.allocUnsafe(PART_BYTES);
  const file = openSync(path, "r");
  try {
    for (let length = readSync(file, part); length > 0; length = readSync(file, part)) {
      yield part.subarray(0, length);
    }
  } finally {
    closeSync(file);
  }
}
