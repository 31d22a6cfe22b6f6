import cluster from "node:cluster";
import { fileURLToPath } from "node:url";
import pino from "pino";
import { supervise } from "#service/inference/workers/supervise.js";

/** A program for tests: `supervisor.ts WORKERS` supervises workers of `worker.js` and exits as `supervise` says. */
cluster.setupPrimary({ exec: fileURLToPath(new URL("./worker.js", import.meta.url)), execArgv: [] });
process.exit(
  await supervise({
    workers: Number(process.argv[2]),
    // In order with what is said beside it.
    log: pino({}, process.stdout),
    onServing: ({ port, models }) => console.log(`serving ${models.join()} on ${port}`),
  }),
);
