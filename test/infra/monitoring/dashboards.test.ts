import { describe, expect, it } from "vitest";
import { inferenceDashboards } from "#infra/monitoring/dashboards/inference-dashboards.js";
import { fill, metricNames, panelQueries } from "./promql.js";
import { ALERTS } from "./settings.js";

const all = inferenceDashboards(ALERTS.objectives);

/** The part of a panel that colours its series. */
interface Coloured {
  readonly fieldConfig?: {
    readonly overrides: readonly {
      readonly matcher: { readonly options: string };
      readonly properties: readonly { readonly value: { readonly fixedColor: string } }[];
    }[];
  };
}

describe("the dashboards", () => {
  it("answer an operator's five questions on one page", () => {
    const rows = (all[0]?.panels ?? []).filter(({ type }) => type === "row").map(({ title }) => title);
    expect(rows).toEqual([
      "Is it up?",
      "Is it fast?",
      "Is it right?",
      "Is it near its limits?",
      "What did it cost?",
    ]);
  });

  it("are told from another service's in a Grafana that both use", () => {
    const owned = ["a".repeat(63), "b".repeat(63)].flatMap((owner) =>
      inferenceDashboards(ALERTS.objectives, owner),
    );
    const uids = [...all, ...owned].map(({ uid = "" }) => uid);
    expect(new Set(uids).size).toBe(6);
    expect(Math.max(...uids.map(({ length }) => length))).toBeLessThanOrEqual(40);
    expect(owned[0]?.links?.[0]?.url).toBe(`/d/${owned[1]?.uid ?? ""}`);
    expect(JSON.stringify(owned[0]?.templating)).toContain("a".repeat(63));
  });

  it("link to each other and to nothing that is not there", () => {
    const addresses = all.map(({ uid }) => `/d/${uid}`);
    const links = all.map(({ links = [] }) => links.map(({ url }) => url));
    for (const [index, urls] of links.entries()) {
      expect(urls).toEqual(addresses.filter((_, other) => other !== index));
    }
  });

  it.each(all)("$title says of every panel what it answers", ({ panels = [] }) => {
    for (const panel of panels.filter(({ type }) => type !== "row")) {
      expect(panel).toHaveProperty("description", expect.stringMatching(/.{5,}/));
    }
  });

  it.each(all)("$title draws zeros on an axis that ends near zero, and not at 100", ({ panels = [] }) => {
    for (const panel of panels.filter(({ type }) => type === "timeseries")) {
      const unit = JSON.stringify(panel).match(/"unit":"(\w+)"/)?.[1] ?? "";
      const reach = unit.endsWith("bytes") ? {} : { axisSoftMax: expect.any(Number) as unknown };
      expect(panel).toHaveProperty("fieldConfig.defaults.custom", expect.objectContaining(reach));
    }
  });

  it("colour what is wrong alike wherever it is drawn", () => {
    const colours = new Map<string, string>();
    for (const { fieldConfig } of all.flatMap(({ panels = [] }) => panels) as Coloured[]) {
      for (const { matcher, properties } of fieldConfig?.overrides ?? []) {
        colours.set(matcher.options, properties[0]?.value.fixedColor ?? "");
      }
    }
    expect(colours.get("/^5/")).toBe("red");
    expect(colours.get("/^server_error/")).toBe("red");
    expect(colours.get("/^2/")).toBe(colours.get("/^success/"));
  });

  it.each(all)("$title gives every panel its own identifier", ({ panels = [] }) => {
    const ids = panels.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it.each(all.flatMap(panelQueries))(
    "$title: $expr is PromQL over variables that are declared",
    ({ expr }) => {
      const declared = all.flatMap((each) => (each.templating?.list ?? []).map(({ name }) => name));
      const used = [...expr.matchAll(/\$([a-z]\w*)/g)].map(([, name]) => name);
      expect(used.filter((name) => !declared.includes(name ?? ""))).toEqual([]);
      expect(metricNames(fill(expr)).size).toBeGreaterThan(0);
    },
  );
});
