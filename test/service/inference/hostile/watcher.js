import { readFileSync } from "node:fs";
import { Agent, get } from "node:http";
import { parentPort, workerData } from "node:worker_threads";

/**
 * Asks a server every few milliseconds whether it lives, on a connection and a thread of its own, and looks at its memory.
 * When asked, it looks once more, and posts the slowest answer and the highest memory since it was last asked. Memory that
 * only mirrors files, such as the code of Node, is left out: a system short of memory takes it back.
 */
const { port, pid } = workerData;
const EVERY_MS = 20;
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
let slowest = 0;
let highest = 0;
let failure;
let isAsked = false;

function look() {
  const started = performance.now();
  const isLast = isAsked;
  const done = () => {
    slowest = Math.max(slowest, performance.now() - started);
    highest = Math.max(highest, memoryBytes());
    if (isLast) {
      post();
    }
    setTimeout(look, EVERY_MS);
  };
  get({ port, host: "127.0.0.1", path: "/livez", agent }, (response) => {
    if (response.statusCode !== 200) {
      failure ??= `status ${response.statusCode}`;
    }
    response.resume().once("end", done);
  }).once("error", (error) => {
    failure ??= error.message;
    done();
  });
}

function memoryBytes() {
  try {
    return 1024 * Number(/^RssAnon:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

function post() {
  parentPort.postMessage({ slowest, highest, failure });
  isAsked = false;
  slowest = 0;
  highest = 0;
  failure = undefined;
}

look();
parentPort.on("message", () => {
  isAsked = true;
});
