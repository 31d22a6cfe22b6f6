import { DEFAULT_LABEL } from "../../../models/versions.js";
import type { ServedVersion } from "../served-version.js";
import type { TrafficVersions } from "./model-traffic.js";
import { versionOf } from "./named-versions.js";

/** Sums of decimals, without what binary adds to them. */
function percent(sum: number): number {
  return Number(sum.toFixed(6));
}

/** The version that `key`, a label or a version, means and that can answer. */
export function answering(versions: TrafficVersions, key: string): ServedVersion | undefined {
  return key === DEFAULT_LABEL ? versions.stable : versions.ready(versionOf(versions.config, key));
}

/** Percent of the requests that name no version, by the version that answers them as things are. */
export function sharesNow(versions: TrafficVersions): Map<string, number> {
  const { config, stable } = versions;
  const shares = new Map<string, number>();
  for (const [key, share] of Object.entries(config.traffic ?? { [DEFAULT_LABEL]: 100 })) {
    const served = answering(versions, key) ?? stable;
    if (served && share > 0) {
      shares.set(served.version, percent((shares.get(served.version) ?? 0) + share));
    }
  }
  return shares;
}

/** The version that gets copies as things are, and of how many percent of the requests. */
export function shadowNow(versions: TrafficVersions): { version: string; percent: number } | undefined {
  const { config } = versions;
  const { shadow } = config;
  const version = shadow && versionOf(config, shadow.version);
  return shadow && version !== undefined && versions.ready(version)
    ? { version, percent: shadow.percent }
    : undefined;
}

/** What config.json asks for and is not so: a sentence each. */
export function unmet(versions: TrafficVersions): string[] {
  const { config, stable } = versions;
  const goesTo = stable ? `version ${stable.version} answers` : "nothing answers";
  const { labels = {}, traffic = {} } = config;
  const keys = new Set([
    ...Object.keys(traffic),
    ...(Object.hasOwn(labels, DEFAULT_LABEL) ? [DEFAULT_LABEL] : []),
  ]);
  const shares = [...keys].flatMap((key) => {
    const version = versionOf(config, key);
    const share = traffic[key];
    const isMet = share === 0 || isAnsweredBy(version, answering(versions, key), key);
    const part = share === undefined ? "in its place" : `its ${share} percent`;
    return isMet ? [] : [`${named(key, version)} does not serve: ${goesTo} ${part}.`];
  });
  return [...shares, ...unmetShadow(versions)];
}

/** Without a label for it, any version is the stable one. */
function isAnsweredBy(version: string, served: ServedVersion | undefined, key: string): boolean {
  return served !== undefined && (served.version === version || version === key);
}

function unmetShadow(versions: TrafficVersions): string[] {
  const { config, stable } = versions;
  const { shadow, traffic } = config;
  if (!shadow) {
    return [];
  }
  const version = versionOf(config, shadow.version);
  if (!versions.ready(version)) {
    return [`${named(shadow.version, version)} does not serve: it gets no copies.`];
  }
  const isAlone = stable?.version === version && traffic === undefined;
  return isAlone ? [`${named(shadow.version, version)} answers itself: it gets no copies.`] : [];
}

/** A version, with the label that means it. */
function named(key: string, version: string): string {
  return key === version ? `Version ${version}` : `Version ${version}, which is labelled ${key},`;
}
