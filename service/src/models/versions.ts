import type { ModelConfig } from "./model-config.js";

export type VersionPolicy = NonNullable<ModelConfig["versions"]>;

export const DEFAULT_VERSION_POLICY: VersionPolicy = { policy: "latest", count: 1 };

/** Order of versions, oldest first: numbers by value, after them names by alphabet. */
export function compareVersions(left: string, right: string): number {
  const [a, b] = [Number(left), Number(right)];
  if (!Number.isNaN(a) && !Number.isNaN(b) && a !== b) {
    return a - b;
  }
  if (Number.isNaN(a) !== Number.isNaN(b)) {
    return Number.isNaN(a) ? 1 : -1;
  }
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Those of `available` that `policy` wants served, oldest first. */
export function selectVersions(available: readonly string[], policy: VersionPolicy): string[] {
  const sorted = [...available].sort(compareVersions);
  switch (policy.policy) {
    case "all":
      return sorted;
    case "latest":
      return sorted.slice(-policy.count);
    case "specific":
      return sorted.filter((version) => policy.versions.includes(version));
  }
}

/** The label whose version answers requests that name none. */
export const DEFAULT_LABEL = "stable";

/** The versions of a model that serve, in any order. */
export interface ServingVersions extends Iterable<string> {
  has(version: string): boolean;
}

/** What beside config.json's labels decides on the version of requests that name none. */
export interface DefaultChoice {
  /** The one that was labelled `stable` before, and answers until its successor serves. */
  readonly predecessor?: string | undefined;
  /** Those that serve only because they are named. */
  readonly leftOut?: ReadonlySet<string> | undefined;
}

/**
 * The version that a request means, out of those that serve. `wanted` is a version or a label; without it the version
 * labelled `stable`, its predecessor while it does not serve, else the newest that is not left out.
 */
export function resolveVersion(
  wanted: string | undefined,
  serving: ServingVersions,
  labels: Readonly<Record<string, string>>,
  { predecessor, leftOut }: DefaultChoice = {},
): string | undefined {
  if (wanted !== undefined && serving.has(wanted)) {
    return wanted;
  }
  const label = wanted ?? DEFAULT_LABEL;
  const labelled = Object.hasOwn(labels, label) ? labels[label] : undefined;
  if (labelled !== undefined && serving.has(labelled)) {
    return labelled;
  }
  if (wanted !== undefined) {
    return undefined;
  }
  const isSucceeded = labelled !== undefined && predecessor !== undefined && serving.has(predecessor);
  return isSucceeded ? predecessor : newestOf(serving, leftOut);
}

function newestOf(versions: Iterable<string>, leftOut?: ReadonlySet<string>): string | undefined {
  let newest: string | undefined;
  for (const version of versions) {
    if (leftOut?.has(version) !== true && (newest === undefined || compareVersions(version, newest) > 0)) {
      newest = version;
    }
  }
  return newest;
}
