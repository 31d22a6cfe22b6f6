import { describe, expect, it } from "vitest";

import { oneOf, requestRate } from "#infra/monitoring/queries.js";
import { metricNames } from "./promql.js";

describe("the matcher of several values", () => {
  it("has plain values as they are", () => {
    expect(oneOf("route", ["/predict", "/v1/models/:model:predict"])).toBe(
      'route=~"/predict|/v1/models/:model:predict"',
    );
  });

  it.each(["/a.b", "/a|b", "/(a)", "/a*", "/{name}", "/[a]", "/^a$", "/a?", "/a+", '/"a"', "/a\\b"])(
    "matches %s and nothing else",
    (value) => {
      const matcher = oneOf("route", [value, "/other"]);
      expect(metricNames(`up{${matcher}}`)).toEqual(new Set(["up"]));
      // A PromQL string has the escapes of JSON's.
      const pattern = new RegExp(`^(?:${JSON.parse(matcher.slice("route=~".length)) as string})$`);
      const others = [`${value}x`, value.replace(/\W$/, "-"), "/axb", "/a", "/b"];
      const matched = [value, "/other", ...others].filter((text) => pattern.test(text));
      expect(new Set(matched)).toEqual(new Set([value, "/other"]));
    },
  );
});

describe("the queries of requests", () => {
  it("count the routes of the objectives", () => {
    expect(requestRate({ namespace: "shop", job: "inference" }, "5m")).toBe(
      'sum(rate(http_request_duration_seconds_count{namespace="shop",job="inference",route=~"/predict|/v2/models/:model/infer|/v1/models/:model:predict"}[5m]))',
    );
  });
});
