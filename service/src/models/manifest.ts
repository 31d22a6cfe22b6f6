import { stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { messageOf } from "../server/errors.js";
import { digests } from "./digests.js";
import { isInside, shown } from "./names.js";

/** Lies beside a version's files, and says what they are. */
export const MANIFEST_FILE = "manifest.json";

/** More than any list of files needs. */
export const LONGEST_MANIFEST_BYTES = 2 ** 20;

const file = z.object({
  sha256: z.string().regex(/^[0-9a-f]{64}$/, "must be 64 hexadecimal digits in lower case"),
  bytes: z.int().nonnegative(),
});

/** `manifest.json`: what its fields mean is in docs/models.md. Others may add fields of their own. */
const manifestSchema = z
  .object({
    /** By path below the version's folder. */
    files: z.record(z.string().refine(isInside, "must be a path in the version's folder"), file.readonly()),
    lineage: z
      .looseObject({
        /** What it was trained on. */
        data: z.json().optional(),
        parameters: z.record(z.string(), z.json()).readonly().optional(),
        /** The revision of the code that made it. */
        code: z.string().optional(),
        /** The version that it was made from. */
        parent: z.string().optional(),
      })
      .readonly()
      .optional(),
    /** Measured on what it was not trained on. */
    metrics: z.record(z.string(), z.number()).readonly().optional(),
  })
  .readonly();

export type Manifest = z.infer<typeof manifestSchema>;
export type ManifestFiles = Manifest["files"];

/** What a manifest is made of: what is said beside its files. */
export type Provenance = Pick<Manifest, "lineage" | "metrics">;

/** Reads the text of a manifest.json. Throws with a whole sentence that names the field. */
export function parseManifest(text: string): Manifest {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new Error(`${MANIFEST_FILE} is not JSON: ${messageOf(error)}.`, { cause: error });
  }
  const parsed = manifestSchema.safeParse(json);
  if (parsed.success) {
    return parsed.data;
  }
  const [issue] = parsed.error.issues;
  throw new Error(`${MANIFEST_FILE}: ${issue?.path.join(".") ?? ""}: ${issue?.message ?? "is not valid"}.`);
}

/** What of a version is not there as its manifest has it, by names and sizes: a whole sentence. */
export function sizesFault(
  files: ManifestFiles,
  bytesOf: (path: string) => number | undefined,
): string | undefined {
  if (!Object.hasOwn(files, "model.onnx")) {
    return `${MANIFEST_FILE} does not name model.onnx.`;
  }
  for (const [path, { bytes }] of Object.entries(files)) {
    const found = bytesOf(path);
    if (found === undefined) {
      return `${MANIFEST_FILE} names ${shown(path)}, which is not there.`;
    }
    if (found !== bytes) {
      return `The file ${shown(path)} has ${found} bytes; ${MANIFEST_FILE} says ${bytes}.`;
    }
  }
  return undefined;
}

/** The same by content, which is read as a whole. */
export async function contentFault(folder: string, files: ManifestFiles): Promise<string | undefined> {
  const paths = Object.keys(files);
  const sizes = await Promise.all(
    paths.map((path) =>
      stat(join(folder, path)).then(
        ({ size }) => size,
        () => undefined,
      ),
    ),
  );
  const fault = sizesFault(files, (path) => sizes[paths.indexOf(path)]);
  if (fault !== undefined) {
    return fault;
  }
  const found = await digests(paths.map((path) => ({ path: join(folder, path), kind: "sha256" })));
  const wrong = paths.find((path, index) => found[index] !== files[path]?.sha256);
  return wrong === undefined ? undefined : checksumFault(wrong);
}

/** That a file is not what the manifest says: a whole sentence. */
export function checksumFault(path: string): string {
  return `The file ${shown(path)} is not the one of ${MANIFEST_FILE}: its SHA-256 is another.`;
}
