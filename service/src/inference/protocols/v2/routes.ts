import type { z } from "zod";
import { ServiceError, type ErrorCode } from "../../../server/errors.js";
import { assertReady } from "../../../server/http/health.js";
import { checked, parseJson } from "../../../server/http/json-body.js";
import { readBody } from "../../../server/http/read-body.js";
import { json } from "../../../server/http/reply.js";
import type { Route, RouteDescription } from "../../../server/http/route.js";
import type { Lifecycle } from "../../../server/life/lifecycle.js";
import type { ServedModel } from "../../engine/engine.js";
import { jsonBody, MODEL_ERRORS } from "../descriptions.js";
import type { ProtocolOptions } from "../protocol.js";
import {
  modelConfiguration,
  modelMetadata,
  indexRow,
  modelStatistics,
  serverMetadata,
  servingVersions,
} from "./metadata.js";
import {
  indexRequestSchema,
  indexResponseSchema,
  modelMetadataSchema,
  serverMetadataSchema,
} from "./schema.js";

export interface V2Options extends Omit<ProtocolOptions, "infer" | "routingOf"> {
  readonly lifecycle: Lifecycle;
  readonly maxBatchSize: number;
}

const MODEL = "/v2/models/:model{/versions/:version}";

/** The protocol's routes but for `infer`: server, models, statistics, repository. */
export function v2Routes(options: V2Options): Route[] {
  return [...serverRoutes(options), ...modelRoutes(options), ...repositoryRoutes(options)];
}

function about(summary: string, schema?: z.ZodType, errors?: readonly ErrorCode[]): RouteDescription {
  return {
    tag: "Open Inference Protocol",
    summary,
    response: jsonBody(schema),
    ...(errors && { errors }),
  };
}

function serverRoutes({ engine, lifecycle }: V2Options): Route[] {
  return [
    {
      method: "GET",
      path: "/v2",
      access: "key",
      handle: () => json(serverMetadata),
      description: about("Name, version and extensions of the server", serverMetadataSchema),
    },
    {
      method: "GET",
      path: "/v2/health/live",
      access: "anybody",
      handle: () => json({ live: true }),
      description: about("Whether the server lives"),
    },
    {
      method: "GET",
      path: "/v2/health/ready",
      access: "anybody",
      handle() {
        assertReady(lifecycle, () => engine.whyNotReady());
        return json({ ready: true });
      },
      description: about("Whether the server is ready", undefined, ["model_not_ready", "shutting_down"]),
    },
  ];
}

function modelRoutes({ engine, maxBatchSize }: V2Options): Route[] {
  const get = (
    path: string,
    answer: (model: ServedModel) => object,
    description: RouteDescription,
  ): Route => ({
    method: "GET",
    path: `${MODEL}${path}`,
    access: "key",
    handle: (_, { model: name = "", version }) => json(answer(engine.resolve({ name, version }))),
    description,
  });
  return [
    {
      method: "GET",
      path: "/v2/models/stats",
      access: "key",
      handle: async () => json(modelStatistics(await engine.statistics({}))),
      description: about("What all models have done"),
    },
    get(
      "",
      (model) => modelMetadata(model, servingVersions(engine.index(), model.name)),
      about("Inputs, outputs and versions of a model", modelMetadataSchema, MODEL_ERRORS),
    ),
    get(
      "/ready",
      ({ name }) => ({ name, ready: true }),
      about("Whether a model is ready", undefined, MODEL_ERRORS),
    ),
    get(
      "/config",
      (model) => modelConfiguration(model, maxBatchSize),
      about("A model's configuration in Triton's words", undefined, MODEL_ERRORS),
    ),
    {
      method: "GET",
      path: `${MODEL}/stats`,
      access: "key",
      handle: async (_, { model: name, version }) =>
        json(modelStatistics(await engine.statistics({ name, version }))),
      description: about("What a model has done", undefined, MODEL_ERRORS),
    },
  ];
}

function repositoryRoutes({ engine, maxBodyBytes }: V2Options): Route[] {
  return [
    {
      method: "POST",
      path: "/v2/repository/index",
      access: "administrator",
      async handle(exchange) {
        const body = await readBody(exchange, maxBodyBytes);
        const { ready } =
          body.length === 0 ? {} : checked(await parseJson(exchange, body), indexRequestSchema);
        const entries = engine.index().filter(({ state }) => ready !== true || state === "READY");
        return json(entries.map(indexRow));
      },
      description: {
        tag: "Model repository",
        summary: "What the repository holds, served or not",
        request: jsonBody(indexRequestSchema),
        bodyOptional: true,
        response: jsonBody(indexResponseSchema),
        errors: ["invalid_input", "invalid_json", "too_large", "unsupported_media_type"],
      },
    },
    repositoryAction("load", "Load or reload a model from the repository", (name) => engine.load(name)),
    repositoryAction("unload", "Unload a model", (name) => engine.unload(name)),
  ];
}

/** The body may hold parameters, none of which this server takes: models are loaded from the repository alone. */
function repositoryAction(action: string, summary: string, run: (name: string) => Promise<void>): Route {
  return {
    method: "POST",
    path: `/v2/repository/models/:model/${action}`,
    access: "administrator",
    async handle(_, { model = "" }) {
      if (model === "") {
        throw new ServiceError("model_not_found", "The path names no model.");
      }
      await run(model);
      return json({});
    },
    description: {
      tag: "Model repository",
      summary,
      response: jsonBody(),
      errors: ["model_not_found", "unprocessable"],
    },
  };
}
