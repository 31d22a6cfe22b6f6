import { describe, expect, it } from "vitest";
import { documentPaths } from "#service/server/http/openapi.js";
import { createRouter } from "#service/server/http/router.js";
import { nameOf, type Route } from "#service/server/http/route.js";

function route(method: Route["method"], path: string, more: Partial<Route> = {}): Route {
  return { method, path, access: "key", handle: () => ({ status: 200, body: path }), ...more };
}

const PREDICT = route("POST", "/v1/models/:model{/versions/:version}\\:predict", {
  objective: "/v1/models/:model:predict",
});
const router = createRouter([
  PREDICT,
  route("GET", "/models/stats"),
  route("GET", "/models/:model"),
  route("POST", "/models/:model"),
]);

describe("the router", () => {
  it("prefers paths without parameters", () => {
    expect(router("/models/stats")?.at.name).toBe("/models/stats");
    expect(router("/models/other")?.at.name).toBe("/models/:model");
  });

  it("knows every method of a path, HEAD with GET", () => {
    const at = router("/models/a")?.at;
    expect(at?.allowed).toEqual(["GET", "HEAD", "POST"]);
    expect(at?.routes.get("HEAD")).toBe(at?.routes.get("GET"));
    expect(at?.routes.get("DELETE")).toBeUndefined();
  });

  it("finds parameters, decoded, and what may be left out", () => {
    expect({ ...router("/v1/models/a%20b:predict")?.parameters }).toEqual({ model: "a b" });
    expect({ ...router("/v1/models/m/versions/2:predict")?.parameters }).toEqual({
      model: "m",
      version: "2",
    });
    expect(router("/v1/models/m/versions/2")).toBeUndefined();
    expect(router("/V1/models/m:predict")).toBeUndefined();
  });

  it("takes a slash at the end, and no more", () => {
    expect(router("/models/stats/")?.at.name).toBe("/models/stats");
    expect(router("/models/stats//")).toBeUndefined();
  });

  it("refuses a percent sign that encodes nothing", () => {
    expect(() => router("/models/%ff")).toThrow(/percent sign/);
  });
});

describe("a route", () => {
  it("is called in metrics what its objective is called, else its path without what may be left out", () => {
    expect(nameOf(PREDICT)).toBe("/v1/models/:model:predict");
    expect(nameOf(route("GET", "/v2/models/:model{/versions/:version}/stats"))).toBe(
      "/v2/models/:model/stats",
    );
  });

  it("is documented with and without what may be left out", () => {
    expect(documentPaths(PREDICT.path)).toEqual([
      "/v1/models/{model}:predict",
      "/v1/models/{model}/versions/{version}:predict",
    ]);
  });
});
