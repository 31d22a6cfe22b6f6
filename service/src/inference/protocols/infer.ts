import type { Registry } from "prom-client";
import { ServiceError } from "../../server/errors.js";
import type { Exchange, InferenceTimes } from "../../server/http/exchange.js";
import type { Engine, InferenceResult, ServedModel } from "../engine/engine.js";
import { spareFloats } from "../../tensors/spare-floats.js";
import type { Tensor } from "../../tensors/tensor.js";
import { PredictionMetrics } from "./prediction-metrics.js";

export interface Query {
  readonly model: ServedModel;
  /** Not to be read once there is an answer: their memory goes to other requests. */
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
  const metrics = new PredictionMetrics(registry);
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
      signal: exchange,
    });
    spareFloats(inputs);
    exchange.inference = timesOf(model, result);
    metrics.observe(model, result.outputs);
    return result;
  };
}

/** Throws invalid_input for a header that is no positive number. */
function headerTimeout(headers: Exchange["headers"]): number | undefined {
  for (const name of TIMEOUT_HEADERS) {
    const text = headers[name];
    if (text === undefined) {
      continue;
    }
    const milliseconds = Number(text);
    if (milliseconds > 0 && Number.isFinite(milliseconds)) {
      return milliseconds;
    }
    throw new ServiceError("invalid_input", `The header ${name} must be a number of milliseconds above 0.`, {
      path: name,
    });
  }
  return undefined;
}

/** When it queued and ran, counted back from now. */
function timesOf({ name: model, version }: ServedModel, result: InferenceResult): InferenceTimes {
  const endedAt = performance.now();
  const ranAt = endedAt - result.computeMilliseconds;
  return { model, version, queuedAt: ranAt - result.queueMilliseconds, ranAt, endedAt };
}
