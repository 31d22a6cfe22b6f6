import { METRICS } from "@ai-model-service/contract";
import { Counter, Histogram, type Registry } from "prom-client";
import { ServiceError } from "../errors.js";
import type { Exchange } from "../http/exchange.js";
import type { Engine, InferenceResult, ServedModel } from "../inference/engine.js";
import { bestScores } from "../inference/postprocess/classification.js";
import type { Tensor } from "../inference/tensor.js";

export interface Query {
  readonly model: ServedModel;
  readonly inputs: Readonly<Record<string, Tensor>>;
  readonly outputs?: readonly string[] | undefined;
  /** Milliseconds that the request's body gives; the shorter of it and the header's counts. */
  readonly timeoutMs?: number | undefined;
}

/** Asks the engine on behalf of a request: what every protocol shares once its body is read. */
export type Infer = (exchange: Exchange, query: Query) => Promise<InferenceResult>;

export interface InferOptions {
  readonly engine: Engine;
  readonly registry: Registry;
  /** For requests that name no deadline. */
  readonly requestTimeoutSeconds: number;
}

/**
 * Milliseconds that a client still waits, by the first of these that a request carries: our own, and the one that
 * Envoy and the meshes made of it add to what they forward.
 */
export const TIMEOUT_HEADERS = ["request-timeout-ms", "x-envoy-expected-rq-timeout-ms"] as const;

export function createInfer({ engine, registry, requestTimeoutSeconds }: InferOptions): Infer {
  const observe = createPredictionMetrics(registry);
  return async (exchange, { model, inputs, outputs, timeoutMs }) => {
    const milliseconds = Math.min(
      headerTimeout(exchange.headers) ?? requestTimeoutSeconds * 1000,
      timeoutMs ?? Infinity,
    );
    const result = await engine.infer({
      model,
      inputs,
      outputs,
      deadline: exchange.started + milliseconds,
      signal: exchange.signal,
    });
    observe(model, result.outputs);
    return result;
  };
}

/** Throws invalid_input for a header that is no positive number. */
function headerTimeout(headers: Exchange["headers"]): number | undefined {
  for (const name of TIMEOUT_HEADERS) {
    const text = headers[name];
    if (text === undefined) continue;
    const milliseconds = Number(text);
    if (milliseconds > 0 && Number.isFinite(milliseconds)) return milliseconds;
    throw new ServiceError("invalid_input", `The header ${name} must be a number of milliseconds above 0.`, {
      path: name,
    });
  }
  return undefined;
}

/** Confidence and class counts of models that classify, for drift. */
function createPredictionMetrics(
  registry: Registry,
): (model: ServedModel, outputs: Readonly<Record<string, Tensor>>) => void {
  const confidence = new Histogram({
    name: METRICS.predictionConfidence,
    help: "Highest probability of each prediction.",
    labelNames: ["model", "version"],
    buckets: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1],
    registers: [registry],
  });
  const predictions = new Counter({
    name: METRICS.predictions,
    help: "Predictions by their most probable label.",
    labelNames: ["model", "version", "label"],
    registers: [registry],
  });
  return (model, outputs) => {
    const { postprocess } = model.config;
    const output = postprocess && outputs[postprocess.output];
    if (postprocess === undefined || output === undefined) return;
    const { name, version } = model;
    for (const { label, probability } of bestScores(output, postprocess)) {
      confidence.observe({ model: name, version }, probability);
      predictions.inc({ model: name, version, label });
    }
  };
}
