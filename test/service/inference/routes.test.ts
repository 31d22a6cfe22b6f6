import { OBJECTIVE_ROUTES } from "@ai-model-service/contract/objectives";
import { Registry } from "prom-client";
import { describe, expect, it } from "vitest";
import { createRoutes } from "#service/inference/create-service.js";
import type { Engine } from "#service/inference/engine/engine.js";
import { readSettings } from "#service/inference/settings.js";
import { nameOf } from "#service/server/http/route.js";
import { Lifecycle } from "#service/server/life/lifecycle.js";

const routes = createRoutes({
  settings: readSettings({}),
  // No route asks the engine before a request comes.
  engine: {} as Engine,
  registry: new Registry(),
  lifecycle: new Lifecycle(),
  steering: () => Promise.reject(new Error("No route changes anything before a request comes.")),
});

describe("the routes of the inference service", () => {
  it("that count for objectives are those of the contract", () => {
    const counted = new Set(routes.flatMap(({ objective }) => objective ?? []));
    expect([...counted].sort()).toEqual([...OBJECTIVE_ROUTES].sort());
  });

  it("that take work from clients and change nothing all count", () => {
    const posted = routes.filter(({ method, access }) => method === "POST" && access !== "administrator");
    const uncounted = posted.filter(({ objective }) => objective === undefined).map(nameOf);
    expect(uncounted).toEqual([]);
  });

  it("are open to anybody only where they tell nothing of models and predict nothing", () => {
    const open = routes.filter(({ access }) => access === "anybody").map(nameOf);
    expect(open.sort()).toEqual(["/", "/livez", "/readyz", "/v2/health/live", "/v2/health/ready"]);
  });

  it("that change what serves, or tell how it is run, are the administrator's", () => {
    const changing = routes.filter(({ access }) => access === "administrator").map(nameOf);
    expect(changing.sort()).toEqual([
      "/metrics",
      "/v2/repository/index",
      "/v2/repository/models/:model/events",
      "/v2/repository/models/:model/load",
      "/v2/repository/models/:model/promote",
      "/v2/repository/models/:model/promotion",
      "/v2/repository/models/:model/rollback",
      "/v2/repository/models/:model/traffic",
      "/v2/repository/models/:model/unload",
    ]);
  });

  it("are all described but for the root", () => {
    const silent = routes.filter(({ description }) => description === undefined).map(nameOf);
    expect(silent).toEqual(["/"]);
  });
});
