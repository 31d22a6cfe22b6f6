import { createHash } from "node:crypto";

/** The text of a manifest of `files`. */
export function manifestOf(files: Readonly<Record<string, Uint8Array>>, more: object = {}): string {
  const entries = Object.entries(files).map(([name, bytes]) => [
    name,
    { sha256: createHash("sha256").update(bytes).digest("hex"), bytes: bytes.length },
  ]);
  return JSON.stringify({ files: Object.fromEntries(entries) as object, ...more });
}
