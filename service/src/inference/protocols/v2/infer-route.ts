import { readBody } from "../../../server/http/read-body.js";
import type { HotRoute } from "../../../server/http/route.js";
import type { Engine } from "../../engine/engine.js";
import type { Infer } from "../infer.js";
import { checked, parseJson } from "../../../server/http/json-body.js";
import { BinaryReader, splitBody } from "./binary-body.js";
import { readInputs } from "./inputs.js";
import { inferReply } from "./outputs.js";
import { inferRequestSchema } from "./schema.js";

export interface InferOptions {
  readonly engine: Engine;
  readonly infer: Infer;
  readonly maxBodyBytes: number;
}

const MICROSECONDS_PER_MILLISECOND = 1000;

/** `POST /v2/models/{model}[/versions/{version}]/infer`. */
export function v2InferRoute({ engine, infer, maxBodyBytes }: InferOptions): HotRoute {
  return {
    path: "/v2/models/:model/infer",
    pattern: /^\/v2\/models\/(?<model>[^/]+)(?:\/versions\/(?<version>[^/]+))?\/infer$/,
    async handle(exchange, { model: name = "", version }) {
      const model = engine.resolve({ name, version });
      const body = await readBody(exchange.request, maxBodyBytes);
      const { json, binary } = splitBody(exchange.headers, body);
      const request = checked(parseJson(json, model.inputs), inferRequestSchema);
      const timeout = request.parameters?.timeout;
      const { outputs } = await infer(exchange, {
        model,
        inputs: readInputs(request.inputs, new BinaryReader(binary)),
        outputs: request.outputs?.map((output) => output.name),
        timeoutMs: timeout === undefined ? undefined : timeout / MICROSECONDS_PER_MILLISECOND,
      });
      return inferReply({ model, request, outputs });
    },
  };
}
