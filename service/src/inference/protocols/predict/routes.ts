import { PATHS } from "@ai-model-service/contract/http";
import type { Exchange } from "../../../server/http/exchange.js";
import { readBody } from "../../../server/http/read-body.js";
import type { HotRoute } from "../../../server/http/route.js";
import type { Engine, ServedModel } from "../../engine/engine.js";
import { pictureViews, type PictureView } from "../../../pictures/picture-view.js";
import type { Infer } from "../infer.js";
import { mainInput, type Tensors } from "../rows.js";
import { readAnswerOptions } from "./answer-options.js";
import { readInput } from "./input.js";
import { predictionsJson } from "./output.js";

export interface PredictOptions {
  readonly engine: Engine;
  readonly infer: Infer;
  readonly maxBodyBytes: number;
}

/**
 * `POST /predict`, with `?model=` and `?version=` (a version or a label) for another than the default model,
 * `?top=` for another number of labels than config.json says, `?view=true` for the pictures as the model received them.
 */
export function predictRoute({ engine, infer, maxBodyBytes }: PredictOptions): HotRoute {
  return {
    path: PATHS.predict,
    pattern: new RegExp(`^${PATHS.predict}/?$`),
    async handle(exchange) {
      const model = modelOf(exchange, engine);
      const options = readAnswerOptions(exchange);
      const body = await readBody(exchange.request, maxBodyBytes);
      const { tensors } = await readInput(exchange, model, body);
      const views = options.view ? viewsOf(model, tensors) : [];
      const { outputs } = await infer(exchange, { model, inputs: tensors });
      return { status: 200, body: predictionsJson(model, outputs, options.top, views) };
    },
  };
}

/** Nothing for models that do not take pictures. */
function viewsOf(model: ServedModel, tensors: Tensors): PictureView[] {
  const { preprocess } = model.config;
  const tensor = preprocess && tensors[mainInput(model).name];
  return preprocess && tensor ? pictureViews(tensor, preprocess) : [];
}

function modelOf(exchange: Exchange, engine: Engine): ServedModel {
  if (!exchange.hasQuery) {
    return engine.defaultModel();
  }
  const { query } = exchange;
  const name = query.get("model") ?? engine.defaultModel().name;
  return engine.resolve({ name, version: query.get("version") ?? undefined });
}
