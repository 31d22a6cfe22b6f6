import { ServiceError } from "../../server/errors.js";
import { shown } from "../names.js";
import { compareVersions, DEFAULT_LABEL } from "../versions.js";
import type { Serving } from "./edit-config.js";

/** The label of a version that is tried on a part of the traffic. */
export const CANARY_LABEL = "canary";

/** What `traffic` sets: labels and shares as asked, null takes a label or the shadow away. */
export interface TrafficChange {
  readonly labels?: Readonly<Record<string, string | null>> | undefined;
  /** Percent by label or version; what is left of 100 goes to stable. */
  readonly traffic?: Readonly<Record<string, number>> | undefined;
  readonly shadow?: Serving["shadow"] | null;
}

/** The version that answers those who name none: labelled stable, else the newest. */
export function stableOf(serving: Serving, versions: readonly string[]): string | undefined {
  return own(serving.labels, DEFAULT_LABEL) ?? [...versions].sort(compareVersions).at(-1);
}

/** `version` becomes stable and gets all of the traffic; a canary or shadow of it is over. */
export function promoted(serving: Serving, version: string, versions: readonly string[]): Serving {
  checkVersion(version, versions);
  const { labels = {}, shadow } = serving;
  const others = Object.entries(labels).filter(([label, of]) => label !== CANARY_LABEL || of !== version);
  const shadowed = own(labels, shadow?.version) ?? shadow?.version;
  return {
    labels: { ...Object.fromEntries(others), [DEFAULT_LABEL]: version },
    traffic: { [DEFAULT_LABEL]: 100 },
    ...(shadow && shadowed !== version && { shadow }),
  };
}

/** Whether a part of the traffic, or a shadow, goes to another version than stable. */
export function hasCanary(serving: Serving): boolean {
  const { labels, traffic = {}, shadow } = serving;
  const stable = own(labels, DEFAULT_LABEL);
  const shares = Object.entries(traffic).filter(([to, share]) => share > 0 && to !== DEFAULT_LABEL);
  return shadow !== undefined || shares.some(([to]) => (own(labels, to) ?? to) !== stable);
}

/** All of the traffic to stable; canary and shadow are over. */
export function withoutCanary({ labels }: Serving): Serving {
  const others = Object.entries(labels ?? {}).filter(([label]) => label !== CANARY_LABEL);
  return {
    ...(labels && { labels: Object.fromEntries(others) }),
    traffic: { [DEFAULT_LABEL]: 100 },
  };
}

/** Labels, shares and shadow as asked; what is not named stays. */
export function withTraffic(serving: Serving, change: TrafficChange, versions: readonly string[]): Serving {
  const merged = { ...serving.labels, ...change.labels };
  const labels = Object.fromEntries(
    Object.entries(merged).filter((entry): entry is [string, string] => entry[1] !== null),
  );
  const traffic = change.traffic === undefined ? serving.traffic : completed(change.traffic);
  const shadow = change.shadow === undefined ? serving.shadow : (change.shadow ?? undefined);
  const next: Serving = {
    ...((serving.labels !== undefined || Object.keys(labels).length > 0) && { labels }),
    ...(traffic && { traffic }),
    ...(shadow && { shadow }),
  };
  const changed = Object.entries(labels).filter(([label, version]) => own(serving.labels, label) !== version);
  for (const [, version] of changed) {
    checkVersion(version, versions);
  }
  for (const named of [...Object.keys(traffic ?? {}), ...(shadow ? [shadow.version] : [])]) {
    checkNamed(named, labels, versions);
  }
  return next;
}

/** What is left of 100 goes to stable. */
function completed(traffic: Readonly<Record<string, number>>): Record<string, number> {
  if (Object.hasOwn(traffic, DEFAULT_LABEL)) {
    return { ...traffic };
  }
  const sum = Object.values(traffic).reduce((all, share) => all + share, 0);
  const rest = Number((100 - sum).toFixed(6));
  return rest > 0 ? { [DEFAULT_LABEL]: rest, ...traffic } : { ...traffic };
}

/** Stable needs no label: without one it is the newest version. */
function checkNamed(
  named: string,
  labels: Readonly<Record<string, string>>,
  versions: readonly string[],
): void {
  const version = own(labels, named) ?? named;
  if (version !== DEFAULT_LABEL || versions.length === 0) {
    checkVersion(version, versions);
  }
}

function checkVersion(version: string, versions: readonly string[]): void {
  if (!versions.includes(version)) {
    throw new ServiceError(
      "unprocessable",
      `The model has no version or label '${shown(version)}'; its versions are ${versions.join(", ") || "none"}.`,
    );
  }
}

function own(
  labels: Readonly<Record<string, string>> | undefined,
  label: string | undefined,
): string | undefined {
  return labels && label !== undefined && Object.hasOwn(labels, label) ? labels[label] : undefined;
}
