/** Charts: the Helm charts that monitoring is installed from, their versions and their values. */

import { isAbsolute, join, resolve } from "node:path";

/** A chart that the program installs. */
export interface Chart {
  readonly name: string;
  readonly version: string;
}

/** The charts, pinned. The definitions' version has the operator's version of the stack. */
export const CHARTS = {
  definitions: { name: "prometheus-operator-crds", version: "31.0.1" },
  stack: { name: "kube-prometheus-stack", version: "88.5.3" },
  adapter: { name: "prometheus-adapter", version: "5.3.0" },
} as const satisfies Record<string, Chart>;

/** Seconds that Helm waits for what it installs: on a new cluster nodes, volumes and images come first. */
export const RELEASE_SECONDS = 900;

/** How a Helm release names its chart. */
interface ChartSource {
  readonly chart: string;
  readonly version: string;
  readonly repositoryOpts?: { readonly repo: string };
}

/** Finds a chart in `place`: a repository's URL, a registry's `oci://`, or a folder relative to `root`. */
export function chartSource(place: string, { name, version }: Chart, root: string): ChartSource {
  if (place.startsWith("oci://")) {
    return { chart: `${place.replace(/\/$/, "")}/${name}`, version };
  }
  if (/^https?:\/\//.test(place)) {
    return { chart: name, version, repositoryOpts: { repo: place } };
  }
  return { chart: join(isAbsolute(place) ? place : resolve(root, place), name), version };
}
