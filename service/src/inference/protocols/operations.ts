import { PATHS } from "@ai-model-service/contract/http";
import { z } from "zod";
import type { ErrorCode } from "../../server/errors.js";
import type { Operation } from "../../server/http/openapi.js";
import { columnsSchema, imageSchema, instancesSchema, predictionsSchema } from "./predict/schema.js";
import {
  indexRequestSchema,
  indexResponseSchema,
  inferRequestSchema,
  inferResponseSchema,
  modelMetadataSchema,
  serverMetadataSchema,
} from "./v2/schema.js";

const JSON_TYPE = "application/json";
const anything = z.looseObject({});
function json(schema: z.ZodType = anything): Operation["response"] {
  return { [JSON_TYPE]: schema };
}

const INFERENCE_ERRORS: readonly ErrorCode[] = [
  "invalid_input",
  "invalid_json",
  "invalid_image",
  "unauthorized",
  "model_not_found",
  "too_large",
  "unsupported_media_type",
  "unprocessable",
  "queue_full",
  "deadline_unreachable",
  "model_not_ready",
  "deadline_exceeded",
];
const MODEL_ERRORS: readonly ErrorCode[] = ["unauthorized", "model_not_found", "model_not_ready"];

const deadline = {
  "Request-Timeout-Ms":
    "Milliseconds that the client waits. What cannot be answered by then is refused (503) or given up (504).",
};
const form = z.object({ image: z.string().meta({ format: "binary", description: "One file or several." }) });

const PREDICT: readonly Operation[] = [
  {
    method: "post",
    path: PATHS.predict,
    tag: "Predict",
    summary: "Predict with the default model, or with one that is named",
    description:
      "Raw bytes are a byte per pixel (0 to 255), or little-endian FP32 values; several rows follow one another. " +
      "JSON values are the model's input as the model takes it, for pictures already scaled.",
    query: {
      model: "Another model than the default one.",
      version: "A version, or a label such as stable.",
      top: "How many labels to list.",
      view: "true: show each picture as the model received it.",
      datatype: "UINT8 or FP32, where raw bytes could be either.",
    },
    headers: deadline,
    request: {
      [JSON_TYPE]: z.union([instancesSchema, columnsSchema, imageSchema]),
      "image/png": null,
      "image/jpeg": null,
      "image/webp": null,
      "multipart/form-data": form,
      "application/octet-stream": null,
    },
    response: json(predictionsSchema),
    errors: INFERENCE_ERRORS,
  },
];

function inferOperation(path: string): Operation {
  return {
    method: "post",
    path,
    tag: "Open Inference Protocol",
    summary: "Infer",
    description:
      "With binary tensor data, the body is the JSON followed by the data, and Inference-Header-Content-Length has the JSON's length.",
    headers: { ...deadline, "Inference-Header-Content-Length": "Bytes of JSON before the binary data." },
    request: { [JSON_TYPE]: inferRequestSchema, "application/octet-stream": null },
    response: { [JSON_TYPE]: inferResponseSchema, "application/octet-stream": null },
    errors: INFERENCE_ERRORS,
  };
}

function v2(path: string, summary: string, schema?: z.ZodType, errors?: readonly ErrorCode[]): Operation {
  return {
    method: "get",
    path,
    tag: "Open Inference Protocol",
    summary,
    response: json(schema),
    ...(errors && { errors }),
  };
}

function repository(path: string, summary: string, request?: z.ZodType, response?: z.ZodType): Operation {
  return {
    method: "post",
    path,
    tag: "Model repository",
    summary,
    ...(request && { request: json(request) }),
    response: json(response),
    errors: ["unauthorized", "model_not_found", "unprocessable"],
  };
}

const V2: readonly Operation[] = [
  inferOperation("/v2/models/{model}/infer"),
  inferOperation("/v2/models/{model}/versions/{version}/infer"),
  v2("/v2", "Name, version and extensions of the server", serverMetadataSchema),
  { ...v2("/v2/health/live", "Whether the server lives"), open: true },
  {
    ...v2("/v2/health/ready", "Whether the server is ready", undefined, ["model_not_ready", "shutting_down"]),
    open: true,
  },
  v2("/v2/models/{model}", "Inputs, outputs and versions of a model", modelMetadataSchema, MODEL_ERRORS),
  v2("/v2/models/{model}/versions/{version}", "The same of one version", modelMetadataSchema, MODEL_ERRORS),
  v2("/v2/models/{model}/ready", "Whether a model is ready", undefined, MODEL_ERRORS),
  v2("/v2/models/{model}/config", "A model's configuration in Triton's words", undefined, MODEL_ERRORS),
  v2("/v2/models/{model}/stats", "What a model has done", undefined, MODEL_ERRORS),
  v2("/v2/models/stats", "What all models have done"),
  repository(
    "/v2/repository/index",
    "What the repository holds, served or not",
    indexRequestSchema,
    indexResponseSchema,
  ),
  repository("/v2/repository/models/{model}/load", "Load or reload a model from the repository"),
  repository("/v2/repository/models/{model}/unload", "Unload a model"),
];

function tensorflow(path: string, summary: string): Operation {
  return {
    method: "get",
    path,
    tag: "TensorFlow Serving",
    summary,
    response: json(),
    errors: MODEL_ERRORS,
  };
}

const TENSORFLOW: readonly Operation[] = [
  {
    method: "post",
    path: "/v1/models/{model}:predict",
    tag: "TensorFlow Serving",
    summary: "Predict by rows (instances) or by columns (inputs)",
    headers: deadline,
    request: json(z.union([instancesSchema, columnsSchema])),
    response: json(
      z.union([z.object({ predictions: z.array(z.unknown()) }), z.object({ outputs: z.unknown() })]),
    ),
    errors: INFERENCE_ERRORS,
  },
  tensorflow("/v1/models", "Names of the models"),
  tensorflow("/v1/models/{model}", "States of a model's versions"),
  tensorflow("/v1/models/{model}/metadata", "A model's signature"),
];

function probe(path: string, summary: string, response = json()): Operation {
  return {
    method: "get",
    path,
    tag: "Operate",
    summary,
    response,
    open: true,
  };
}

const OPERATE: readonly Operation[] = [
  probe(PATHS.live, "Whether the process answers"),
  {
    ...probe(PATHS.ready, "Whether requests should be sent here"),
    errors: ["model_not_ready", "shutting_down"],
  },
  probe(PATHS.metrics, "Metrics in Prometheus's text format", { "text/plain": z.string() }),
];

/** Every operation that the API's description lists. */
export const OPERATIONS: readonly Operation[] = [...PREDICT, ...V2, ...TENSORFLOW, ...OPERATE];
