import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { digests } from "../digests.js";
import type { FileCheck } from "./check-file.js";
import type { UnitPaths } from "./unit.js";

/** In a unit's folder: what its files are. Hidden, as no file of a version is. */
export const CONTENTS_FILE = ".contents.json";

/** By path below the unit's folder. */
export type Contents = Record<string, FileCheck & { readonly bytes: number }>;

/** Whether the cache holds a unit whose files are what was fetched. Reads it as a whole, away from this thread. */
export async function isKept({ folder }: UnitPaths): Promise<boolean> {
  try {
    return await matches(folder, await readFile(join(folder, CONTENTS_FILE), "utf8"));
  } catch {
    return false;
  }
}

async function matches(folder: string, text: string): Promise<boolean> {
  const contents = Object.entries(JSON.parse(text) as Contents);
  const sizes = await Promise.all(contents.map(async ([path]) => (await stat(join(folder, path))).size));
  if (contents.some(([, { bytes }], index) => bytes !== sizes[index])) {
    return false;
  }
  const found = await digests(
    contents.map(([path, { kind, partBytes }]) => ({ path: join(folder, path), kind, partBytes })),
  );
  return contents.every(([, { digest }], index) => digest === found[index]);
}
