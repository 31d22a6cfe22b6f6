import { z } from "zod";
import { ServiceError } from "../../../server/errors.js";
import { jsonPieces } from "../../../server/http/pieces.js";
import { readBody } from "../../../server/http/read-body.js";
import { json, type Reply } from "../../../server/http/reply.js";
import type { Route, RouteDescription } from "../../../server/http/route.js";
import type { NonFinite } from "../../../tensors/non-finite.js";
import { nestedJson } from "../../../tensors/to-json.js";
import type { Engine } from "../../engine/engine.js";
import { answerBy } from "../answer-by.js";
import { INFERENCE_HEADERS, INFERENCE_ERRORS, jsonBody, MODEL_ERRORS } from "../descriptions.js";
import { NON_FINITE_PARAMETER, nonFiniteAsked } from "../non-finite-asked.js";
import { readInput } from "../predict/input.js";
import { outputRowsJson, outputsJson } from "../predict/output.js";
import { columnsSchema, instancesSchema } from "../predict/schema.js";
import type { ProtocolOptions } from "../protocol.js";
import { rowsOf, splitOutputs, type Outputs, type SplitOutputs } from "../row-outputs.js";
import { signature, versionStatus } from "./metadata.js";

const TAG = "TensorFlow Serving";

/** A model by its name, with a version or with a label, which the engine resolves alike. */
const MODEL_PATHS = ["/v1/models/:model{/versions/:version}", "/v1/models/:model/labels/:version"] as const;

/**
 * TensorFlow Serving's predict, `POST /v1/models/{model}[/versions/{version}|/labels/{label}]:predict`, which is
 * KServe's first protocol too: https://www.tensorflow.org/tfx/serving/api_rest
 */
export function tensorflowPredictRoutes({
  engine,
  infer,
  routingOf,
  maxBodyBytes,
}: ProtocolOptions): Route[] {
  return MODEL_PATHS.map((path) => ({
    method: "POST",
    path: `${path}\\:predict`,
    access: "key",
    objective: "/v1/models/:model:predict",
    description: PREDICT,
    async handle(exchange, { model: name = "", version }) {
      const chosen = engine.resolve({ name, version, routing: routingOf(exchange) });
      const nonFinite = nonFiniteAsked(exchange);
      const body = await readBody(exchange, maxBodyBytes);
      return answerBy(exchange, chosen, async (model) => {
        const { form, tensors } = await readInput(exchange, model, body);
        const rows = rowsOf(model, tensors);
        const { outputs } = await infer(exchange, { model, inputs: tensors });
        return form === "rows"
          ? rowsReply(outputs, splitOutputs(model, outputs, rows), nonFinite)
          : columnsReply(outputs, nonFinite);
      });
    },
  }));
}

const PREDICT: RouteDescription = {
  tag: TAG,
  summary: "Predict by rows (instances) or by columns (inputs)",
  query: NON_FINITE_PARAMETER,
  headers: INFERENCE_HEADERS,
  request: jsonBody(z.union([instancesSchema, columnsSchema])),
  response: jsonBody(
    z.union([z.object({ predictions: z.array(z.unknown()) }), z.object({ outputs: z.unknown() })]),
  ),
  errors: INFERENCE_ERRORS,
};

/** In columns the values of the only output go without its name, as TensorFlow Serving has it. */
function columnsReply(outputs: Outputs, nonFinite: NonFinite): Reply {
  const [only, ...others] = Object.values(outputs);
  return valuesReply(
    "outputs",
    only !== undefined && others.length === 0 ? nestedJson(only, nonFinite) : outputsJson(outputs, nonFinite),
  );
}

/** Rows, where every output has them; outputs that have none are answered in columns, so that nothing of them is lost. */
function rowsReply(outputs: Outputs, { perRow, whole }: SplitOutputs, nonFinite: NonFinite): Reply {
  return Object.keys(whole).length === 0
    ? valuesReply("predictions", outputRowsJson(perRow, nonFinite))
    : columnsReply(outputs, nonFinite);
}

function valuesReply(key: string, values: Iterable<string>): Reply {
  function* pieces(): Generator<string> {
    yield `{"${key}":`;
    yield* values;
    yield "}";
  }
  return jsonPieces(pieces());
}

/** TensorFlow Serving's status and metadata, and KServe's liveness and list of models. */
export function tensorflowRoutes({ engine }: Pick<ProtocolOptions, "engine">): Route[] {
  const get = (path: string, summary: string, handle: Route["handle"]): Route => ({
    method: "GET",
    path,
    access: "key",
    handle,
    description: { tag: TAG, summary, response: jsonBody(), errors: MODEL_ERRORS },
  });
  return [
    {
      method: "GET",
      path: "/",
      access: "anybody",
      besidePage: true,
      handle: () => ({ ...json({ status: "alive" }), headers: { Vary: "Accept" } }),
    },
    get("/v1/models", "Names of the models", () =>
      json({ models: [...new Set(engine.index().map(({ name }) => name))] }),
    ),
    ...MODEL_PATHS.flatMap((path) => [
      get(path, "States of a model's versions", (_, { model = "", version }) =>
        json(modelStatus(engine, model, version)),
      ),
      get(`${path}/metadata`, "A model's signature", (_, { model: name = "", version }) =>
        json(signature(engine.resolve({ name, version }))),
      ),
    ]),
  ];
}

/** `wanted` is a version or a label; without it all versions are listed. Throws model_not_found. */
function modelStatus(engine: Engine, name: string, wanted: string | undefined): object {
  const entries = engine
    .index()
    .filter((entry) => entry.name === name)
    .filter((entry) => wanted === undefined || entry.version === wanted || entry.labels.includes(wanted));
  if (entries.length === 0) {
    throw new ServiceError("model_not_found", "The repository has no such model or version.");
  }
  return {
    name,
    ready: entries.some(({ state }) => state === "READY"),
    model_version_status: entries.map(versionStatus),
  };
}
