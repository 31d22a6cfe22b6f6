import { ServiceError } from "../../../server/errors.js";
import type { Exchange } from "../../../server/http/exchange.js";
import { readBody } from "../../../server/http/read-body.js";
import { json, type Reply } from "../../../server/http/reply.js";
import type { HotRoute, Route } from "../../../server/http/route.js";
import type { Engine } from "../../engine/engine.js";
import type { Tensor } from "../../../tensors/tensor.js";
import type { Infer } from "../infer.js";
import { readInput } from "../predict/input.js";
import { outputRowsJson } from "../predict/output.js";
import { nestedJson } from "../../../tensors/to-json.js";
import { signature, versionStatus } from "./metadata.js";

export interface TensorflowOptions {
  readonly engine: Engine;
  readonly infer: Infer;
  readonly maxBodyBytes: number;
}

/**
 * TensorFlow Serving's predict, `POST /v1/models/{model}[/versions/{version}|/labels/{label}]:predict`, which is
 * KServe's first protocol too: https://www.tensorflow.org/tfx/serving/api_rest
 */
export function tensorflowPredictRoute({ engine, infer, maxBodyBytes }: TensorflowOptions): HotRoute {
  return {
    path: "/v1/models/:model:predict",
    pattern: /^\/v1\/models\/(?<model>[^/:]+)(?:\/(?:versions|labels)\/(?<version>[^/:]+))?:predict$/,
    async handle(exchange: Exchange, { model: name = "", version }) {
      const model = engine.resolve({ name, version });
      const body = await readBody(exchange.request, maxBodyBytes);
      const { form, tensors } = await readInput(exchange, model, body);
      const { outputs } = await infer(exchange, { model, inputs: tensors });
      return form === "rows" ? rowsReply(outputs) : columnsReply(outputs);
    },
  };
}

type Outputs = Readonly<Record<string, Tensor>>;

function rowsReply(outputs: Outputs): Reply {
  return {
    status: 200,
    body: `{"predictions":[${outputRowsJson(outputs).join(",")}]}`,
  };
}

function columnsReply(outputs: Outputs): Reply {
  const entries = Object.entries(outputs).map(([name, tensor]) => ({ name, text: nestedJson(tensor) }));
  const [only] = entries;
  const text =
    entries.length === 1 && only !== undefined
      ? only.text
      : `{${entries.map(({ name, text: value }) => `${JSON.stringify(name)}:${value}`).join(",")}}`;
  return { status: 200, body: `{"outputs":${text}}` };
}

const MODEL = "/v1/models/:model{/versions/:version}{/labels/:label}";

/** TensorFlow Serving's status and metadata, and KServe's liveness and list of models. */
export function tensorflowRoutes({ engine }: Pick<TensorflowOptions, "engine">): Route[] {
  return [
    { method: "GET", path: "/", open: true, besidePage: true, handle: () => json({ status: "alive" }) },
    {
      method: "GET",
      path: "/v1/models",
      handle: () => json({ models: [...new Set(engine.index().map(({ name }) => name))] }),
    },
    {
      method: "GET",
      path: MODEL,
      handle(_, { model = "", version = undefined, label = version }) {
        const entries = engine
          .index()
          .filter((entry) => entry.name === model)
          .filter((entry) => label === undefined || entry.version === label || entry.labels.includes(label));
        if (entries.length === 0) {
          throw new ServiceError("model_not_found", "The repository has no such model or version.");
        }
        return json({
          name: model,
          ready: entries.some(({ state }) => state === "READY"),
          model_version_status: entries.map(versionStatus),
        });
      },
    },
    {
      method: "GET",
      path: `${MODEL}/metadata`,
      handle: (_, { model: name = "", version, label }) =>
        json(signature(engine.resolve({ name, version: version ?? label }))),
    },
  ];
}
