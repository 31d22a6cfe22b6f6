import { describe, expect, it } from "vitest";

import { findings } from "#infra/policy/policy-rule.js";
import { rules } from "#infra/policy/rules/all-rules.js";
import { chartsMissing, type Rendered, rendered } from "../support/charts.js";
import { runProgram } from "../support/program.js";
import { PREBUILT, STACKS } from "../support/stacks.js";

const missing = chartsMissing();
if (missing !== undefined) {
  console.warn(`SKIPPED: the policy is not held against what the charts render, since ${missing}.`);
}

/** The setting whose values decide over what a release renders. */
const SETTINGS: Record<string, string> = {
  "prometheus-adapter": "monitoring.adapterValues",
  "kube-prometheus-stack": "monitoring.stackValues",
  "prometheus-operator-crds": "monitoring.crds",
};

/** A chart's version pins its images by tag: their digests are for whoever mirrors them to name. */
const held = rules.filter(({ name }) => name !== "images-by-digest");

/** An object's type as Pulumi has it. */
function typeOf({ apiVersion, kind }: Rendered): string {
  return `kubernetes:${apiVersion.includes("/") ? apiVersion : `core/${apiVersion}`}:${kind}`;
}

async function faults(monitoring: object): Promise<{ found: string[]; pods: string[] }> {
  const run = await runProgram({ ...STACKS.existing(), image: { reference: PREBUILT }, monitoring });
  const releases = run.resources.filter(({ type }) => type.endsWith(":Release"));
  const objects = await Promise.all(
    releases.map(async (release) => {
      const setting = SETTINGS[String(release.inputs["chart"]).split("/").at(-1) ?? ""] ?? "";
      return (await rendered(release)).map((object) => ({ ...object, setting }));
    }),
  );
  const checked = objects.flat().map(({ setting, ...object }) => ({
    type: typeOf(object),
    name: `${object.kind} ${object.metadata.name}`,
    props: object,
    setting,
  }));
  return {
    found: checked.flatMap((object) =>
      held.flatMap((rule) => findings(rule, object).map((text) => `${rule.name}: ${object.name} ${text}`)),
    ),
    pods: checked
      .filter(({ type }) => /:(Deployment|DaemonSet|StatefulSet|Prometheus|Alertmanager)$/.test(type))
      .map(({ name }) => name),
  };
}

describe.skipIf(missing !== undefined)("the policy", () => {
  it.each([{}, { grafana: false, storage: "50Gi" }, { receivers: { pagerduty: { routingKey: "k" } } }])(
    "is kept by what the charts render of the program's values: %o",
    async (monitoring) => {
      const { found, pods } = await faults(monitoring);
      expect(found).toEqual([]);
      expect(pods).toEqual(
        expect.arrayContaining([
          "Prometheus monitoring",
          "Alertmanager monitoring",
          "Deployment monitoring-operator",
          "DaemonSet monitoring-prometheus-node-exporter",
          "Deployment prometheus-adapter",
        ]),
      );
    },
  );

  it.each([
    [
      "stackValues",
      { prometheusOperator: { containerSecurityContext: { allowPrivilegeEscalation: true } } },
      "never-root: Deployment monitoring-operator",
    ],
    [
      "stackValues",
      { prometheus: { prometheusSpec: { securityContext: { runAsNonRoot: false } } } },
      "never-root: Prometheus monitoring",
    ],
    [
      "stackValues",
      { alertmanager: { alertmanagerSpec: { resources: { limits: null } } } },
      "bounded: Alertmanager monitoring",
    ],
    ["stackValues", { grafana: { env: { DB_PASSWORD: "plain" } } }, "no-plain-secrets: Deployment grafana"],
    ["stackValues", { grafana: { service: { type: "LoadBalancer" } } }, "no-open-doors: Service grafana"],
    ["adapterValues", { resources: { limits: null } }, "bounded: Deployment prometheus-adapter"],
  ])("finds what values of a person render, and names %s: %o", async (setting, values, start) => {
    const { found } = await faults({ [setting]: values });
    expect(found.length).toBeGreaterThan(0);
    for (const text of found) {
      expect(text).toContain(start);
      expect(text).toContain(`: see ai-model-service:monitoring.${setting}`);
    }
  });
});
