import { ServiceError } from "../../../server/errors.js";
import { assertReady } from "../../../server/http/health.js";
import type { Lifecycle } from "../../../server/life/lifecycle.js";
import { readBody } from "../../../server/http/read-body.js";
import { json, type Reply } from "../../../server/http/reply.js";
import type { Parameters, Route } from "../../../server/http/route.js";
import type { Engine, ServedModel } from "../../engine/engine.js";
import { checked, parseJson } from "../../../server/http/json-body.js";
import {
  modelConfiguration,
  modelMetadata,
  modelStatistics,
  serverMetadata,
  servingVersions,
} from "./metadata.js";
import { indexRequestSchema } from "./schema.js";

export interface V2Options {
  readonly engine: Engine;
  readonly lifecycle: Lifecycle;
  readonly maxBodyBytes: number;
  readonly maxBatchSize: number;
}

const MODEL = "/v2/models/:model{/versions/:version}";

/** The protocol's routes but for `infer`: server, models, statistics, repository. */
export function v2Routes(options: V2Options): Route[] {
  return [...serverRoutes(options), ...modelRoutes(options), ...repositoryRoutes(options)];
}

function serverRoutes({ engine, lifecycle }: V2Options): Route[] {
  return [
    { method: "GET", path: "/v2", handle: () => json(serverMetadata) },
    { method: "GET", path: "/v2/health/live", open: true, handle: () => json({ live: true }) },
    {
      method: "GET",
      path: "/v2/health/ready",
      open: true,
      handle() {
        assertReady(lifecycle, () => engine.isReady());
        return json({ ready: true });
      },
    },
  ];
}

function modelRoutes({ engine, maxBatchSize }: V2Options): Route[] {
  const get = (path: string, answer: (model: ServedModel) => object): Route => ({
    method: "GET",
    path: `${MODEL}${path}`,
    handle: (_, { model: name = "", version }) => json(answer(engine.resolve({ name, version }))),
  });
  return [
    {
      method: "GET",
      path: "/v2/models/stats",
      handle: async () => json(modelStatistics(await engine.statistics({}))),
    },
    get("", (model) => modelMetadata(model, servingVersions(engine.index(), model.name))),
    get("/ready", ({ name }) => ({ name, ready: true })),
    get("/config", (model) => modelConfiguration(model, maxBatchSize)),
    {
      method: "GET",
      path: `${MODEL}/stats`,
      handle: async (_, { model: name, version }) =>
        json(modelStatistics(await engine.statistics({ name, version }))),
    },
  ];
}

function repositoryRoutes({ engine, maxBodyBytes }: V2Options): Route[] {
  return [
    {
      method: "POST",
      path: "/v2/repository/index",
      async handle({ request }) {
        const body = await readBody(request, maxBodyBytes);
        const { ready } = body.length === 0 ? {} : checked(parseJson(body), indexRequestSchema);
        const entries = engine.index().filter(({ state }) => ready !== true || state === "READY");
        return json(entries.map(({ name, version, state, reason }) => ({ name, version, state, reason })));
      },
    },
    repositoryAction("load", (name) => engine.load(name)),
    repositoryAction("unload", (name) => engine.unload(name)),
  ];
}

/** The body may hold parameters, none of which this server takes: models are loaded from the repository alone. */
function repositoryAction(action: string, run: (name: string) => Promise<void>): Route {
  return {
    method: "POST",
    path: `/v2/repository/models/:model/${action}`,
    async handle(_, { model = "" }: Parameters): Promise<Reply> {
      if (model === "") {
        throw new ServiceError("model_not_found", "The path names no model.");
      }
      await run(model);
      return json({});
    },
  };
}
