import { fileURLToPath } from "node:url";

function at(path: string) {
  return fileURLToPath(new URL(path, import.meta.url));
}

/** Absolute paths of what the bench reads and writes. */
export const FILES = {
  repository: at(".."),
  server: at("../service/dist/main.js"),
  models: at("../service/models"),
  model: at("../service/models/mnist/1/model.onnx"),
  inputs: at("inputs"),
  peers: at("peers"),
  poisson: at("poisson"),
  wrkScript: at("wrk.lua"),
  /** Ignored by git: virtual environments, bodies, logs, the load generator. */
  cache: at(".cache"),
  results: at("results/latest.json"),
  overload: at("results/overload.json"),
  plot: at("../docs/bench.svg"),
  performance: at("../docs/performance.md"),
  readme: at("../README.md"),
} as const;
