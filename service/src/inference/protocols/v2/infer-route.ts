import { z } from "zod";
import { checked, parseJson } from "../../../server/http/json-body.js";
import { readBody } from "../../../server/http/read-body.js";
import type { Route, RouteDescription } from "../../../server/http/route.js";
import { answerBy } from "../answer-by.js";
import { INFERENCE_HEADERS, INFERENCE_ERRORS } from "../descriptions.js";
import { hasLongIntegers } from "../long-integers.js";
import { NON_FINITE_PARAMETER, nonFiniteAsked } from "../non-finite-asked.js";
import type { ProtocolOptions } from "../protocol.js";
import { BinaryReader, HEADER_LENGTH, splitBody } from "./binary-body.js";
import { readInputs } from "./inputs.js";
import { inferReply } from "./outputs.js";
import { inferRequestSchema, inferResponseSchema } from "./schema.js";

const MICROSECONDS_PER_MILLISECOND = 1000;

/** `POST /v2/models/{model}[/versions/{version}]/infer`. */
export function v2InferRoute({ engine, infer, routingOf, maxBodyBytes }: ProtocolOptions): Route {
  return {
    method: "POST",
    path: "/v2/models/:model{/versions/:version}/infer",
    access: "key",
    objective: "/v2/models/:model/infer",
    description: DESCRIPTION,
    async handle(exchange, { model: name = "", version }) {
      const chosen = engine.resolve({ name, version, routing: routingOf(exchange) });
      const nonFinite = nonFiniteAsked(exchange);
      const body = await readBody(exchange, maxBodyBytes);
      return answerBy(exchange, chosen, async (model) => {
        const { json, binary } = splitBody(exchange.headers, body);
        const request = checked(await parseJson(exchange, json, hasLongIntegers(model)), inferRequestSchema);
        const timeout = request.parameters?.timeout;
        const { outputs } = await infer(exchange, {
          model,
          inputs: await readInputs(model, request.inputs, new BinaryReader(binary)),
          outputs: request.outputs?.map((output) => output.name),
          timeoutMs: timeout === undefined ? undefined : timeout / MICROSECONDS_PER_MILLISECOND,
        });
        return inferReply({ model, request, outputs, nonFinite });
      });
    },
  };
}

const headerLength = z.int().min(0).meta({ description: "Bytes of JSON before the binary data." });

const DESCRIPTION: RouteDescription = {
  tag: "Open Inference Protocol",
  summary: "Infer",
  description:
    "With binary tensor data, the body is the JSON followed by the data, and Inference-Header-Content-Length has the JSON's length.",
  query: NON_FINITE_PARAMETER,
  headers: { ...INFERENCE_HEADERS, [HEADER_LENGTH]: headerLength },
  request: { "application/json": inferRequestSchema, "application/octet-stream": null },
  response: { "application/json": inferResponseSchema, "application/octet-stream": null },
  errors: INFERENCE_ERRORS,
};
