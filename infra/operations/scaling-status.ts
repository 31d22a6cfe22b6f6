import type { V2MetricSpec, V2MetricStatus } from "@kubernetes/client-node";

import type { ApiState, ScalingFacts } from "./scaling-facts.js";

/** Whether one metric of the autoscaler is live, and what is wrong if not. */
export interface MetricStatus {
  readonly name: string;
  readonly live: boolean;
  /** Present value and target, or what is wrong and what to do. */
  readonly says: string;
}

/** One entry for every metric that the autoscaler should follow; a single one that is not live where there is none. */
export function scalingStatus(facts: ScalingFacts): MetricStatus[] {
  const { autoscaler } = facts;
  if (autoscaler === undefined) {
    return [{ name: "autoscaler", live: false, says: "There is none: run `pulumi up`." }];
  }
  return (autoscaler.spec?.metrics ?? []).map((metric) => {
    const name = nameOf(metric);
    const current = autoscaler.status?.currentMetrics?.find((each) => nameOf(each) === name);
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
  const broken = metric.resource === undefined ? brokenSignal(facts) : brokenResource(facts.resourceApi);
  return broken ?? ownWords(facts) ?? "The autoscaler has not looked yet: ask again in half a minute.";
}

function brokenResource(api: ApiState): string | undefined {
  if (api === "missing") return "The cluster serves no metrics API: install metrics-server.";
  if (api === "available") return undefined;
  return `The metrics API does not answer (${api.unavailable}): look at metrics-server in kube-system.`;
}

/** Follows the signal from its consumer to its source and names the first link that is broken. */
function brokenSignal({ customApi, podsWithSignal, targets }: ScalingFacts): string | undefined {
  if (customApi === "missing")
    return "The cluster serves no custom metrics API: prometheus-adapter is not installed.";
  if (customApi !== "available") {
    return `prometheus-adapter does not answer (${customApi.unavailable}): look at its pod and its log.`;
  }
  if (podsWithSignal.length > 0 || targets === undefined) return undefined;
  if (targets.length === 0) {
    return "Prometheus has no target for the service: its ServiceMonitor is missing, not selected, or no pod runs.";
  }
  const failing = targets.find(({ health }) => health !== "up");
  if (failing === undefined) {
    return "Prometheus scrapes the pods but prometheus-adapter has no series yet: it lists them every 30 s.";
  }
  return failing.lastError === ""
    ? `Prometheus has not scraped ${failing.pod} yet: ask again in half a minute.`
    : `Prometheus cannot scrape ${failing.pod} (${failing.lastError}): look at its NetworkPolicy and its log.`;
}

function ownWords({ autoscaler }: ScalingFacts): string | undefined {
  const inactive = autoscaler?.status?.conditions?.find(
    ({ type, status }) => type === "ScalingActive" && status === "False",
  );
  return inactive?.message === undefined ? undefined : `The autoscaler says: ${inactive.message}`;
}
