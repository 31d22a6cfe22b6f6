import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { deserialize, serialize } from "node:v8";
import type { Checkpoints } from "../recipes/recipe.js";
import { replaceFile } from "./job-folders.js";

const DIGEST_BYTES = 32;

/** Keeps what a job goes on from in the file at `path`, of which the beginning is a digest of the rest. */
export function checkpointsAt(path: string): Checkpoints {
  return {
    async read<T>(digest: string) {
      const kept = await readFile(path).catch(() => undefined);
      if (
        kept === undefined ||
        !kept.subarray(0, DIGEST_BYTES).equals(digestOf(kept.subarray(DIGEST_BYTES)))
      ) {
        return undefined;
      }
      const { digest: of, state } = deserialize(kept.subarray(DIGEST_BYTES)) as { digest: string; state: T };
      return of === digest ? state : undefined;
    },
    async write(digest, state) {
      const body = serialize({ digest, state });
      await replaceFile(path, Buffer.concat([digestOf(body), body]));
    },
  };
}

function digestOf(bytes: Uint8Array): Buffer {
  return createHash("sha256").update(bytes).digest();
}
