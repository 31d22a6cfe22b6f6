/** A thread that reads files and answers their digests; see digests.ts. JavaScript, since a thread starts from a file. */

import { createHash } from "node:crypto";
import { closeSync, openSync, readSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import * as zlib from "node:zlib";

const block = Buffer.alloc(2 ** 20);

/** Calls `take` with the file's bytes, in pieces that do not cross multiples of `partBytes`. */
function read(path, partBytes, take) {
  const file = openSync(path);
  try {
    for (let at = 0; ;) {
      const length = Math.min(block.length, partBytes - (at % partBytes));
      const count = readSync(file, block, 0, length, at);
      if (count === 0) {
        return;
      }
      at += count;
      take(block.subarray(0, count), at % partBytes === 0);
    }
  } finally {
    closeSync(file);
  }
}

function crc32Of(path) {
  let value = 0;
  read(path, Infinity, (bytes) => {
    value = zlib.crc32(bytes, value);
  });
  return value.toString(16).padStart(8, "0");
}

function inParts({ path, kind, partBytes }) {
  const whole = createHash(kind);
  let part = createHash(kind);
  let parts = 0;
  let isOpen = false;
  const close = () => {
    whole.update(part.digest());
    part = createHash(kind);
    parts += 1;
    isOpen = false;
  };
  read(path, partBytes, (bytes, isEnd) => {
    part.update(bytes);
    isOpen = true;
    if (isEnd) {
      close();
    }
  });
  if (isOpen) {
    close();
  }
  return `${whole.digest("hex")}-${parts}`;
}

function digestOf(wanted) {
  if (wanted.kind === "crc32") {
    return crc32Of(wanted.path);
  }
  if (wanted.partBytes !== undefined) {
    return inParts(wanted);
  }
  const hash = createHash(wanted.kind);
  read(wanted.path, Infinity, (bytes) => hash.update(bytes));
  return hash.digest("hex");
}

parentPort.postMessage(workerData.map(digestOf));
