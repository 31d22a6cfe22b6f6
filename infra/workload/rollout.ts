import type { Workload } from "./workload.js";

/** Of the replicas, how many are added at once: a rollout then takes four rounds at most, however many there are. */
const SURGE_PERCENT = 25;

/** Seconds between the end of the process and the moment when the kubelet would kill it. */
const TERMINATION_MARGIN_SECONDS = 5;

/** Seconds for everything but the replicas: the answers of the API server, and their way to Pulumi. */
const MARGIN_SECONDS = 60;

/** What Pulumi waits for by itself, and what it never waits less than. */
const PULUMI_SECONDS = 600;

type Timed = Pick<Workload, "startSeconds" | "shutdownSeconds">;

/** Seconds after which the kubelet kills a replica that has not ended. */
export function terminationSeconds({ shutdownSeconds }: Pick<Workload, "shutdownSeconds">): number {
  return shutdownSeconds + TERMINATION_MARGIN_SECONDS;
}

/** How a rollout goes: it first adds replicas, and takes as many old ones away only when those are ready. */
export const ROLLING_UPDATE = { maxSurge: `${SURGE_PERCENT}%`, maxUnavailable: 0 };

/**
 * Seconds in which a rollout gets on, or has failed. On nodes that are full a new replica gets its place only when an old one
 * has ended.
 */
export function roundSeconds(workload: Timed): number {
  return workload.startSeconds + terminationSeconds(workload);
}

/** How long Pulumi waits for the replicas: all of them in an update, the last of them when they are removed. */
export function rolloutTimeouts(workload: Timed & { scaling: Pick<Workload["scaling"], "max"> }) {
  const rollout = timeout(rounds(workload.scaling.max) * roundSeconds(workload));
  return { create: rollout, update: rollout, delete: timeout(terminationSeconds(workload)) };
}

/** How long Pulumi waits for a Service, which it takes for ready when the first replica is. */
export function serviceTimeouts(workload: Timed) {
  const first = timeout(roundSeconds(workload));
  return { create: first, update: first };
}

/** Kubernetes rounds a surge up. */
function rounds(replicas: number): number {
  return Math.ceil(replicas / Math.ceil((replicas * SURGE_PERCENT) / 100));
}

function timeout(seconds: number): string {
  return `${Math.max(PULUMI_SECONDS, seconds + MARGIN_SECONDS)}s`;
}
