/** Events: tells of predictions, as CloudEvents, to whoever keeps them; no request waits for it. */

import { EVENT_TYPES } from "@ai-model-service/contract/events";
import type { Classification } from "../../models/model-config.js";
import type { Tensor } from "../../tensors/tensor.js";
import { flatJson } from "../../tensors/to-json.js";
import { topScores } from "../engine/label-scores.js";

type Tensors = Readonly<Record<string, Tensor>>;

/** What is kept of a prediction until it has been told. */
export interface Prediction {
  /** The request's. */
  readonly id: string;
  /** Unix time of the answer, milliseconds. */
  readonly time: number;
  readonly model: string;
  readonly version: string;
  readonly postprocess: Classification | undefined;
  /** What the model was asked, where payloads are told. */
  readonly inputs: Tensors | undefined;
  readonly outputs: Tensors;
}

/** What is alike in all events of a process. */
export interface EventSource {
  /** URI reference of who tells it: the attribute `source`. */
  readonly source: string;
  /** The Kubernetes namespace, as KServe's extension has it. */
  readonly namespace: string;
}

/** A CloudEvent: its attributes, and its data as pieces of JSON. */
export interface CloudEvent {
  readonly attributes: Readonly<Record<string, string>>;
  readonly data: Generator<string>;
}

/** Values of a prediction's outputs that an event holds at most; those of a larger one are left out. */
const MOST_VALUES = 16_384;

/** The events of a prediction: what was asked, if that is told, then what was answered. */
export function eventsOf(prediction: Prediction, source: EventSource): CloudEvent[] {
  const { inputs } = prediction;
  const event = (type: string, data: Generator<string>): CloudEvent => ({
    attributes: attributesOf(prediction, source, type),
    data,
  });
  const response = event(EVENT_TYPES.response, responseData(prediction));
  return inputs === undefined
    ? [response]
    : [event(EVENT_TYPES.request, requestData(prediction.id, inputs)), response];
}

/** With KServe's extensions: https://github.com/kserve/kserve/blob/master/pkg/logger/worker.go */
function attributesOf(
  { id, time, model, version }: Prediction,
  { source, namespace }: EventSource,
  type: string,
): CloudEvent["attributes"] {
  return {
    specversion: "1.0",
    id,
    source,
    type,
    time: new Date(time).toISOString(),
    datacontenttype: "application/json",
    inferenceservicename: model,
    namespace,
    component: "predictor",
    endpoint: version,
  };
}

/** A request of the Open Inference Protocol. */
function* requestData(id: string, inputs: Tensors): Generator<string> {
  yield `{"id":${JSON.stringify(id)},"inputs":`;
  yield* tensorsJson(inputs);
  yield "}";
}

/** A response of the Open Inference Protocol, and beside it the labels, as `/predict` answers them. */
function* responseData({ id, model, version, postprocess, outputs }: Prediction): Generator<string> {
  const [name, release] = [model, version].map((text) => JSON.stringify(text));
  const values = Object.values(outputs).reduce((sum, { data }) => sum + data.length, 0);
  const isWhole = values <= MOST_VALUES;
  yield `{"id":${JSON.stringify(id)},"model_name":${name},"model_version":${release},"outputs":`;
  yield* tensorsJson(isWhole ? outputs : {});
  if (!isWhole) {
    yield ',"parameters":{"outputs_left_out":true}';
  }
  const scores = postprocess && outputs[postprocess.output];
  if (postprocess !== undefined && scores !== undefined) {
    yield `,"predictions":${JSON.stringify(topScores(scores, postprocess, 1).map(([best]) => best))}`;
  }
  yield "}";
}

function* tensorsJson(tensors: Tensors): Generator<string> {
  yield "[";
  for (const [index, [name, tensor]] of Object.entries(tensors).entries()) {
    const head = `"name":${JSON.stringify(name)},"datatype":"${tensor.datatype}","shape":[${tensor.shape.join(",")}]`;
    yield `${index > 0 ? "," : ""}{${head},"data":`;
    yield* flatJson(tensor, "null");
    yield "}";
  }
  yield "]";
}
