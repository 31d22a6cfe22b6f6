import {
  chmodSync,
  constants,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { dirname, join } from "node:path";

/** Where contexts are, relative to the repository's root: a folder that git ignores and every checkout has. */
const CONTEXTS = "node_modules/.cache/ai-model-service";

/** Windows knows no other mode of a file that can be written; the Dockerfile gives files those that they have in the image. */
const MODE = 0o666;

/** How long a context is kept that no build can need any more. */
const KEPT_MS = 24 * 3600 * 1000;

/** What an image is built from. */
export interface Context {
  /** What the image holds: contexts of one kind follow each other in one folder. */
  readonly of: "image" | "models";
  /** Changes with the files. */
  readonly name: string;
  readonly files: readonly ContextFile[];
}

/** A file, and its path in the context. */
export interface ContextFile {
  readonly from: string;
  readonly to: string;
}

/**
 * Lays out what an image is built from, and nothing else, and returns where, relative to the root. The provider builds anew
 * when its own digest of the context changes, which has the files' modes in it. Laid out so, it changes with the files' paths
 * and content alone, on every machine: exactly when `name` does.
 */
export function layOutContext(root: string, { of, name, files }: Context): string {
  const contexts = join(root, CONTEXTS, of);
  const context = join(contexts, name);
  mkdirSync(contexts, { recursive: true });
  if (!existsSync(context)) {
    const unfinished = mkdtempSync(join(contexts, ".new-"));
    for (const { from, to } of files) {
      copy(from, join(unfinished, to));
    }
    moveTo(context, unfinished);
  }
  removeOld(contexts, name);
  return `${CONTEXTS}/${of}/${name}`;
}

function copy(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  // Models are large: where the file system can, the copy shares their blocks.
  cpSync(from, to, { dereference: true, mode: constants.COPYFILE_FICLONE });
  chmodSync(to, MODE);
}

/** Another run of the program may have laid out the same at the same time. */
function moveTo(context: string, unfinished: string): void {
  try {
    chmodSync(unfinished, 0o755);
    renameSync(unfinished, context);
  } catch (error) {
    rmSync(unfinished, { recursive: true });
    if (!existsSync(context)) {
      throw error;
    }
  }
}

function removeOld(contexts: string, name: string): void {
  for (const other of readdirSync(contexts).filter((entry) => entry !== name)) {
    const path = join(contexts, other);
    const seen = statSync(path, { throwIfNoEntry: false });
    if (seen !== undefined && Date.now() - seen.mtimeMs > KEPT_MS) {
      rmSync(path, { recursive: true, force: true });
    }
  }
}
