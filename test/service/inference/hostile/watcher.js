import { readFileSync } from "node:fs";
import { Agent, get } from "node:http";
import { parentPort, workerData } from "node:worker_threads";

/**
 * Asks a server every few milliseconds whether it lives, on a connection and a thread of its own, and looks at its memory.
 * Posts the slowest answer and the highest resident memory since it was last asked.
 */
const { port, pid } = workerData;
const EVERY_MS = 20;
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
let slowest = 0;
let highest = 0;
let failure;

function look() {
  const started = performance.now();
  const done = () => {
    slowest = Math.max(slowest, performance.now() - started);
    highest = Math.max(highest, residentBytes());
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

function residentBytes() {
  try {
    return 1024 * Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

look();
parentPort.on("message", () => {
  parentPort.postMessage({ slowest, highest, failure });
  slowest = 0;
  highest = 0;
  failure = undefined;
});
