import { join } from "node:path";
import type { InputName } from "./inputs.js";
import { FILES } from "./files.js";
import { pythonBin } from "./python.js";

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

/** A server to measure, one process of one worker, with one thread for each run of the model. */
export interface Variant {
  readonly name: string;
  readonly title: string;
  readonly kind: "ours" | "limit" | "node" | "python";
  readonly command: (port: number) => Command;
  /** Paths by the input that they take, fastest first. */
  readonly paths: Readonly<Partial<Record<InputName, string>>>;
}

function node(env: Record<string, string>, ...args: string[]): Command {
  return {
    file: process.execPath,
    args,
    env: { NODE_ENV: "production", ...env },
    cwd: FILES.repository,
  };
}

function peer(script: string) {
  return (port: number) => node({ PORT: String(port), MODEL: FILES.model }, join(FILES.peers, script));
}

function python(name: string, program: string, args: (port: number) => string[], folder = "python") {
  return (port: number): Command => ({
    file: pythonBin(name, program),
    args: args(port),
    env: {
      PORT: String(port),
      MLSERVER_HTTP_PORT: String(port),
      MODEL: FILES.model,
      OMP_NUM_THREADS: "1",
    },
    cwd: join(FILES.peers, folder),
  });
}

export const VARIANTS: readonly Variant[] = [
  {
    name: "ours",
    title: "this service",
    kind: "ours",
    command: (port) =>
      node(
        { PORT: String(port), MODEL_REPOSITORY: FILES.models, INTRA_OP_THREADS: "1" },
        // As npm start and the image have it.
        "--single-threaded-gc",
        "--expose-gc",
        FILES.server,
        "serve",
      ),
    paths: {
      raw: "/predict",
      "v2-binary": "/v2/models/mnist/infer",
      json: "/predict",
      "v2-json": "/v2/models/mnist/infer",
      png: "/predict",
    },
  },
  {
    name: "bare",
    title: "bare node:http, a constant",
    kind: "limit",
    command: peer("bare.js"),
    paths: { raw: "/", json: "/" },
  },
  {
    name: "express",
    title: "express + onnxruntime-node",
    kind: "node",
    command: peer("express-plain.js"),
    paths: { raw: "/predict", json: "/predict" },
  },
  {
    name: "fastapi",
    title: "FastAPI + onnxruntime",
    kind: "python",
    command: python("fastapi", "uvicorn", (port) => [
      "fastapi_app:app",
      `--port=${port}`,
      "--loop=uvloop",
      "--http=httptools",
      "--no-access-log",
      "--log-level=warning",
    ]),
    paths: { raw: "/predict/raw", json: "/predict" },
  },
  {
    name: "litserve",
    title: "LitServe",
    kind: "python",
    command: python("litserve", "python", () => ["litserve_app.py"]),
    paths: { json: "/predict" },
  },
  {
    name: "bentoml",
    title: "BentoML",
    kind: "python",
    command: python("bentoml", "bentoml", (port) => [
      "serve",
      "bentoml_app:Digits",
      "--host=127.0.0.1",
      `--port=${port}`,
    ]),
    paths: { json: "/predict" },
  },
  {
    name: "mlserver",
    title: "MLServer",
    kind: "python",
    command: python("mlserver", "mlserver", () => ["start", "."], "python/mlserver"),
    paths: { "v2-json": "/v2/models/digits/infer" },
  },
];

/** The variants that `only` names; all when it names none. Throws for a name that there is not. */
export function pickVariants(only: readonly string[]): readonly Variant[] {
  const unknown = only.find((name) => !VARIANTS.some((variant) => variant.name === name));
  if (unknown !== undefined) {
    throw new Error(`--only: there is no ${unknown}; ${VARIANTS.map(({ name }) => name).join(", ")}`);
  }
  return only.length === 0 ? VARIANTS : VARIANTS.filter(({ name }) => only.includes(name));
}
