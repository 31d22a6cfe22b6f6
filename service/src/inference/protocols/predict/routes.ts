import { PATHS } from "@ai-model-service/contract/http";
import { z } from "zod";
import { pictureViews, type PictureView } from "../../../pictures/picture-view.js";
import type { Exchange } from "../../../server/http/exchange.js";
import { jsonPieces } from "../../../server/http/pieces.js";
import { readBody } from "../../../server/http/read-body.js";
import type { Route, RouteDescription } from "../../../server/http/route.js";
import { DATATYPE_NAMES } from "../../../tensors/datatypes.js";
import type { Engine, Routing, ServedModel } from "../../engine/engine.js";
import { answerBy } from "../answer-by.js";
import { INFERENCE_HEADERS, INFERENCE_ERRORS, jsonBody } from "../descriptions.js";
import { NON_FINITE_PARAMETER } from "../non-finite-asked.js";
import type { ProtocolOptions } from "../protocol.js";
import { rowsOf } from "../row-outputs.js";
import { mainInput, type Tensors } from "../rows.js";
import { MOST_LABELS, readAnswerOptions } from "./answer-options.js";
import { readInput } from "./input.js";
import { predictionsJson } from "./output.js";
import { columnsSchema, imageSchema, instancesSchema, predictionsSchema } from "./schema.js";

/**
 * `POST /predict`, with `?model=` and `?version=` (a version or a label) for another than the default model,
 * `?top=` for another number of labels than config.json says, `?view=true` for the pictures as the model received them,
 * `?nan=string` for NaN and infinities as text.
 */
export function predictRoute({ engine, infer, routingOf, maxBodyBytes }: ProtocolOptions): Route {
  return {
    method: "POST",
    path: PATHS.predict,
    access: "key",
    objective: PATHS.predict,
    description: DESCRIPTION,
    async handle(exchange) {
      const chosen = modelOf(exchange, engine, routingOf(exchange));
      const options = readAnswerOptions(exchange);
      const body = await readBody(exchange, maxBodyBytes);
      return answerBy(exchange, chosen, async (model) => {
        const { tensors } = await readInput(exchange, model, body);
        const views = options.view ? viewsOf(model, tensors) : [];
        const rows = rowsOf(model, tensors);
        const { outputs } = await infer(exchange, { model, inputs: tensors });
        const { top, nonFinite } = options;
        return jsonPieces(predictionsJson(model, outputs, { rows, top, views, nonFinite }));
      });
    },
  };
}

const form = z.object({ image: z.string().meta({ format: "binary", description: "One file or several." }) });

const DESCRIPTION: RouteDescription = {
  tag: "Predict",
  summary: "Predict with the default model, or with one that is named",
  description:
    "Raw bytes are a byte per pixel (0 to 255), or little-endian values of the input's datatype; several rows follow " +
    "one another. " +
    "JSON values are the model's input as the model takes it, for pictures already scaled.",
  query: {
    model: z.string().meta({ description: "Another model than the default one." }),
    version: z.string().meta({ description: "A version, or a label such as stable." }),
    top: z.int().min(1).max(MOST_LABELS).meta({ description: "How many labels to list." }),
    view: z.enum(["true", "false"]).meta({ description: "Show each picture as the model received it." }),
    ...NON_FINITE_PARAMETER,
    datatype: z
      .enum(DATATYPE_NAMES)
      .meta({ description: "UINT8 or the input's own datatype, where raw bytes could be either." }),
  },
  headers: INFERENCE_HEADERS,
  request: {
    ...jsonBody(z.union([instancesSchema, columnsSchema, imageSchema])),
    "image/png": null,
    "image/jpeg": null,
    "image/webp": null,
    "multipart/form-data": form,
    "application/octet-stream": null,
  },
  response: jsonBody(predictionsSchema),
  errors: INFERENCE_ERRORS,
};

/** Nothing for models that do not take pictures. */
function viewsOf(model: ServedModel, tensors: Tensors): PictureView[] {
  const { preprocess } = model.config;
  const tensor = preprocess && tensors[mainInput(model).name];
  return preprocess && tensor ? pictureViews(tensor, preprocess) : [];
}

function modelOf(exchange: Exchange, engine: Engine, routing: Routing): ServedModel {
  if (!exchange.hasQuery) {
    return engine.defaultModel(routing);
  }
  const { query } = exchange;
  const name = query.get("model") ?? engine.defaultModel().name;
  return engine.resolve({ name, version: query.get("version") ?? undefined, routing });
}
