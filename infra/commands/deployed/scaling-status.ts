import type { V2MetricSpec, V2MetricStatus } from "@kubernetes/client-node";

import { CONCURRENCY_METRIC } from "../../monitoring/adapter-rule.js";
import type { ApiState, ScalingFacts } from "./scaling-facts.js";

/** Whether one metric of the autoscaler is live, and what is wrong if not. */
interface MetricStatus {
  readonly name: string;
  readonly live: boolean;
  /** Present value and target, or what is wrong and what to do. */
  readonly says: string;
}

/** One entry for every metric that the autoscaler should follow; a single one that is not live where there is none. */
export function scalingStatus(facts: ScalingFacts): MetricStatus[] {
  const { autoscaler } = facts;
  if (autoscaler === undefined) {
    return [{ name: "autoscaler", live: false, says: "The autoscaler does not exist: run `pulumi up`." }];
  }
  // With none of its metrics left it keeps the last values in its status.
  const inactive = condition(facts, "ScalingActive")?.status === "False";
  const values = inactive ? [] : (autoscaler.status?.currentMetrics ?? []);
  return (autoscaler.spec?.metrics ?? []).map((metric) => {
    const name = nameOf(metric);
    const current = values.find((each) => nameOf(each) === name);
    const value = current === undefined ? undefined : valueOf(current);
    return value === undefined
      ? { name, live: false, says: whatIsWrong(metric, facts) }
      : { name, live: true, says: `${value} of ${targetOf(metric)}` };
  });
}

function nameOf({ resource, pods }: V2MetricSpec | V2MetricStatus): string {
  return resource?.name ?? pods?.metric.name ?? "";
}

function valueOf({ resource, pods }: V2MetricStatus): string | undefined {
  const percent = resource?.current.averageUtilization;
  return percent === undefined ? pods?.current.averageValue : `${percent}%`;
}

function targetOf({ resource, pods }: V2MetricSpec): string {
  return pods?.target.averageValue ?? `${resource?.target.averageUtilization ?? "?"}%`;
}

function whatIsWrong(metric: V2MetricSpec, facts: ScalingFacts): string {
  const disabled = condition(facts, "ScalingActive")?.reason === "ScalingDisabled";
  if (disabled) {
    return "The autoscaler is off while the Deployment has no replicas: scale it to one or more.";
  }
  const broken =
    metric.resource === undefined ? brokenSignal(nameOf(metric), facts) : brokenResource(facts.resourceApi);
  return (
    broken ?? ownWords(facts) ?? "The autoscaler has not read the metric yet: try again in half a minute."
  );
}

function brokenResource(api: ApiState): string | undefined {
  if (api === "missing") {
    return "The cluster serves no metrics API: install metrics-server.";
  }
  if (api === "available") {
    return undefined;
  }
  return `The metrics API does not answer (${api.unavailable}): look at metrics-server in kube-system.`;
}

/** Follows the signal from its consumer to its source and names the first link that is broken. */
function brokenSignal(name: string, facts: ScalingFacts): string | undefined {
  const { customApi, served, podsWithSignal, targets } = facts;
  if (customApi === "missing") {
    return "The cluster serves no custom metrics API: prometheus-adapter is not installed.";
  }
  if (customApi !== "available") {
    return `prometheus-adapter does not answer (${customApi.unavailable}): look at its pod and its log.`;
  }
  if (name !== CONCURRENCY_METRIC) {
    return `The autoscaler follows a metric other than the program's ${CONCURRENCY_METRIC}: run \`pulumi up --refresh\`.`;
  }
  if (podsWithSignal.length > 0) {
    return undefined;
  }
  return brokenScrape(targets) ?? unserved(served);
}

function brokenScrape(targets: ScalingFacts["targets"]): string | undefined {
  if (targets === undefined) {
    return undefined;
  }
  if (targets === "unreachable") {
    return "Prometheus does not answer: look at its pod and its log.";
  }
  if (targets.length === 0) {
    return "Prometheus has no target for the service: its ServiceMonitor is missing or not selected, or no pod runs.";
  }
  const failing = targets.find(({ health }) => health !== "up");
  if (failing === undefined) {
    return undefined;
  }
  return failing.lastError === ""
    ? `Prometheus has not scraped ${failing.pod} yet: try again in half a minute.`
    : `Prometheus cannot scrape ${failing.pod} (${failing.lastError}): look at its NetworkPolicy and its log.`;
}

function unserved(served: readonly string[]): string {
  if (served.includes(CONCURRENCY_METRIC)) {
    return "prometheus-adapter serves the metric, but not for this service's pods: check that its Prometheus scrapes them.";
  }
  return "prometheus-adapter does not serve the metric yet: it looks for series every 30 s. If this lasts, it has another rule, or it cannot reach Prometheus: look at its log.";
}

function ownWords(facts: ScalingFacts): string | undefined {
  const active = condition(facts, "ScalingActive");
  return active?.status !== "False" || active.message === undefined
    ? undefined
    : `The autoscaler says: ${active.message}`;
}

function condition({ autoscaler }: ScalingFacts, name: string) {
  return autoscaler?.status?.conditions?.find(({ type }) => type === name);
}
