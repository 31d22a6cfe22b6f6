import type { VersionTraffic } from "../engine.js";
import type { RepositoryModel } from "../repository/repository-model.js";
import type { VersionStatistics } from "../statistics/version-statistics.js";
import { INFERENCE_BUCKETS_SECONDS } from "@ai-model-service/contract/metrics";
import { namedVersions } from "./named-versions.js";
import { VersionFigures } from "./version-figures.js";
import { shadowNow, sharesNow } from "./who-answers.js";

/** See `Engine.traffic`. */
export function trafficOf(model: RepositoryModel): VersionTraffic[] {
  const shares = sharesNow(model);
  const shadow = shadowNow(model);
  const versions = new Set([...model, ...namedVersions(model.config)]);
  return [...versions].map((version) => {
    const figures = model.traffic.figures.get(version) ?? new VersionFigures();
    const there = model.versions.get(version);
    const refused = there?.isRefused === true ? there.refused?.reason : undefined;
    return {
      version,
      ready: model.ready(version) !== undefined,
      ...(refused !== undefined && { refused }),
      labels: model.labelsOf(version),
      traffic: shares.get(version) ?? 0,
      shadow: shadow?.version === version ? shadow.percent : 0,
      ...countsOf(figures, there?.served?.statistics),
      copies: figures.shadow(),
    };
  });
}

const NO_LATENCY = {
  bounds: INFERENCE_BUCKETS_SECONDS,
  counts: [...INFERENCE_BUCKETS_SECONDS, Infinity].map(() => 0),
};

/** What its own statistics have, and what only those that asked another version know. */
function countsOf(
  { fallbackCount: fallbacks, unseenFaults, unseenRequests }: VersionFigures,
  statistics: VersionStatistics | undefined,
): Pick<VersionTraffic, "requests" | "errors" | "fallbacks" | "latency"> {
  if (!statistics) {
    return { requests: 0, errors: 0, fallbacks, latency: NO_LATENCY };
  }
  const { success, server_error, rejected, deadline } = statistics.outcomes;
  const failures = server_error + rejected + deadline;
  const { bounds, counts } = statistics.duration;
  return {
    requests: success + failures + unseenRequests,
    errors: failures + unseenFaults,
    fallbacks,
    latency: { bounds, counts: [...counts] },
  };
}
