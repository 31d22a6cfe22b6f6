import { createHash, randomUUID } from "node:crypto";
import { mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { MANIFEST_FILE, type Manifest, type Provenance } from "./manifest.js";

/** The version that follows the highest of `names`; what is no whole number is no version. */
export function nextVersion(names: readonly string[]): string {
  const versions = names.filter((name) => /^[1-9]\d*$/.test(name)).map(Number);
  return String(Math.max(0, ...versions) + 1);
}

/**
 * Writes `files` and their manifest as the next version folder of `modelFolder` and gives its name. A server that watches the folder
 * sees the version whole or not at all: files are written to a hidden folder beside it, which is then renamed.
 */
export async function publishVersion(
  modelFolder: string,
  files: Readonly<Record<string, Uint8Array | string>>,
  provenance: Provenance = {},
): Promise<string> {
  const staging = join(modelFolder, `.staging-${randomUUID()}`);
  await mkdir(staging, { recursive: true });
  try {
    const manifest = `${JSON.stringify(manifestOf(files, provenance), null, 2)}\n`;
    await Promise.all(
      Object.entries({ ...files, [MANIFEST_FILE]: manifest }).map(([name, content]) =>
        writeFile(join(staging, name), content),
      ),
    );
    return await claimVersion(modelFolder, staging);
  } catch (error) {
    await rm(staging, { recursive: true, force: true });
    throw error;
  }
}

function manifestOf(files: Readonly<Record<string, Uint8Array | string>>, provenance: Provenance): Manifest {
  const entries = Object.entries(files).map(([name, content]) => {
    const bytes = Buffer.from(content);
    return [name, { sha256: createHash("sha256").update(bytes).digest("hex"), bytes: bytes.length }] as const;
  });
  return { files: Object.fromEntries(entries), ...provenance };
}

/** Renaming onto a folder that holds files fails, so that two publishers at once get two versions. */
async function claimVersion(modelFolder: string, staging: string): Promise<string> {
  const version = nextVersion(await readdir(modelFolder));
  try {
    await rename(staging, join(modelFolder, version));
    return version;
  } catch (error) {
    if (!isTaken(error)) {
      throw error;
    }
    return claimVersion(modelFolder, staging);
  }
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOTEMPTY" || error.code === "EEXIST");
}
