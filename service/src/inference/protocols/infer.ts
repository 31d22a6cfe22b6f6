import type { Registry } from "prom-client";
import type { Call } from "../../server/call.js";
import { spareFloats } from "../../tensors/spare-floats.js";
import type { Tensor } from "../../tensors/tensor.js";
import type { InferenceResult, ServedModel } from "../engine/engine.js";
import { PredictionMetrics } from "./prediction-metrics.js";

export interface Query {
  readonly model: ServedModel;
  /** Not to be read once there is an answer: their memory goes to a copy for another version, or to other requests. */
  readonly inputs: Readonly<Record<string, Tensor>>;
  readonly outputs?: readonly string[] | undefined;
  /** Milliseconds that the request's body gives; the shorter of it and the call's own deadline counts. */
  readonly timeoutMs?: number | undefined;
}

/** Asks a model on behalf of a call: what every protocol does once its request is read. */
export type Infer = (call: Call, query: Query) => Promise<InferenceResult>;

/**
 * Is told of a query before the model runs, and gives what is to be told of the result; undefined where nothing is. Must
 * not wait for anything, nor keep the tensors.
 */
export type Tell = (call: Call, query: Query) => ((result: InferenceResult) => void) | undefined;

/** Counts what is predicted in `registry`, and tells of it where somebody wants to know. */
export function createInfer(registry: Registry, tell?: Tell): Infer {
  const metrics = new PredictionMetrics(registry);
  return async (call, query) => {
    const { model, inputs, outputs, timeoutMs = Infinity } = query;
    call.note("model", model.name);
    call.note("version", model.version);
    const deadline = Math.min(call.deadline, call.started + timeoutMs);
    call.hold(bytesOf(inputs));
    const told = tell?.(call, query);
    const result = await model.infer({ inputs, outputs, deadline, cancellation: call });
    call.hold(bytesOf(result.outputs));
    if (result.startCopy === undefined) {
      spareFloats(inputs);
    } else {
      call.onOver(result.startCopy);
    }
    addSpans(call, result);
    metrics.observe(model, result.outputs);
    told?.(result);
    return result;
  };
}

/** Bytes of a text's place in memory, without its characters, which may be parts of a longer text. */
const TEXT_BYTES = 32;

function bytesOf(tensors: Readonly<Record<string, Tensor>>): number {
  let bytes = 0;
  for (const name in tensors) {
    const data = tensors[name]?.data;
    bytes += data === undefined ? 0 : "byteLength" in data ? data.byteLength : TEXT_BYTES * data.length;
  }
  return bytes;
}

/** When it waited and ran, counted back from now. */
function addSpans(call: Call, { queueMilliseconds, computeMilliseconds }: InferenceResult): void {
  const endedAt = performance.now();
  const ranAt = endedAt - computeMilliseconds;
  call.span("queue", ranAt - queueMilliseconds, ranAt);
  call.span("compute", ranAt, endedAt);
}
