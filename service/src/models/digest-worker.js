/**
 * A thread that reads files and answers their digests; see digests.ts. With `follow` it reads a file that grows, as far as
 * it is told. JavaScript, since a thread starts from a file.
 */

import { once } from "node:events";
import { createHash } from "node:crypto";
import { closeSync, openSync, readSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import * as zlib from "node:zlib";

const { wanted, follow } = workerData;
const block = Buffer.alloc(2 ** 20);
let grown = follow ? { bytes: 0, isEnd: false } : { bytes: Infinity, isEnd: true };

if (follow) {
  parentPort.on("message", (message) => {
    grown = message;
  });
}

/** Calls `take` with the file's bytes, in pieces that do not cross multiples of `partBytes`. */
async function read(path, partBytes, take) {
  const file = openSync(path);
  try {
    for (let at = 0; ;) {
      while (at >= grown.bytes && !grown.isEnd) {
        await once(parentPort, "message");
      }
      const length = Math.min(block.length, partBytes - (at % partBytes), grown.bytes - at);
      const count = length === 0 ? 0 : readSync(file, block, 0, length, at);
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

async function crc32Of(path) {
  let value = 0;
  await read(path, Infinity, (bytes) => {
    value = zlib.crc32(bytes, value);
  });
  return value.toString(16).padStart(8, "0");
}

async function inParts({ path, kind, partBytes }) {
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
  await read(path, partBytes, (bytes, isEnd) => {
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

async function digestOf(file) {
  if (file.kind === "crc32") {
    return crc32Of(file.path);
  }
  if (file.partBytes !== undefined) {
    return inParts(file);
  }
  const hash = createHash(file.kind);
  await read(file.path, Infinity, (bytes) => hash.update(bytes));
  return hash.digest("hex");
}

const found = [];
for (const file of wanted) {
  found.push(await digestOf(file));
}
parentPort.postMessage(found);
