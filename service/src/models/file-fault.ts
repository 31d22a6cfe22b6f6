import { open, stat } from "node:fs/promises";
import { shown } from "./names.js";
import { unreadable } from "./unreadable.js";
import type { VersionFiles } from "./version-folder.js";

/** What a file is that is no model, by its first bytes, none of which can begin a model's protocol buffer. */
const KINDS: readonly (readonly [is: string, begins: (head: string) => boolean])[] = [
  [
    "is a web page, not a model: get it anew from where the model itself is",
    (head) => /^(?:\u00EF\u00BB\u00BF)?[ \t\r\n]*</.test(head),
  ],
  [
    "is JSON, not a model: get it anew from where the model itself is",
    (head) => /^(?:\u00EF\u00BB\u00BF)?[ \t\r\n]*[{[]/.test(head),
  ],
  [
    "is a ZIP archive, as PyTorch and Keras save models: export the model to ONNX, or unpack it",
    (head) => head.startsWith("PK\u0003\u0004"),
  ],
  ["is compressed with gzip: unpack it", (head) => head.startsWith("\u001F\u008B")],
  [
    "is an HDF5 file, as Keras saves models: export the model to ONNX",
    (head) => head.startsWith("\u0089HDF"),
  ],
  ["is a model of TensorFlow Lite: export it to ONNX", (head) => head.startsWith("\0\0TFL3", 2)],
  [
    "is in ONNX Runtime's own format: take the ONNX file that it was made from",
    (head) => head.startsWith("\0\0ORTM", 2),
  ],
];

const MODEL = "The file model.onnx";

/** Enough to tell one kind from another. */
const HEAD_BYTES = 64;

/** Why there is nothing to load, as far as can be told without reading a model: a whole sentence. */
export async function versionFault({ path, problem }: VersionFiles): Promise<string | undefined> {
  if (problem !== undefined) {
    return problem;
  }
  let head: string;
  try {
    head = await headOf(path);
  } catch (error) {
    return unreadable(MODEL, error);
  }
  if (head === "") {
    return `${MODEL} is empty.`;
  }
  const [is] = KINDS.find(([, begins]) => begins(head)) ?? [];
  return is === undefined ? pointerFault(MODEL, head) : `${MODEL} ${is}.`;
}

/**
 * The same of a file that holds weights, named as the graph does. Any bytes may be weights, but not those of Git; what is
 * wrong besides, the runtime says.
 */
export async function weightsFault(name: string, path: string): Promise<string | undefined> {
  const isFile = await stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
  return isFile ? pointerFault(`The file ${shown(name)}`, await headOf(path).catch(() => "")) : undefined;
}

/** Git without its extension for large files leaves such in their place. */
function pointerFault(thing: string, head: string): string | undefined {
  return /^version https:\/\/(?:git-lfs|hawser)\.github\.com\//.test(head)
    ? `${thing} is a pointer of Git LFS, not the file itself: get that with 'git lfs pull'.`
    : undefined;
}

/** The first bytes as characters of the same numbers. */
async function headOf(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return buffer.toString("latin1", 0, bytesRead);
  } finally {
    await file.close();
  }
}
