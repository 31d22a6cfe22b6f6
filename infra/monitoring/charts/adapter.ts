import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

import type { Settings } from "../../settings/settings.js";
import { adapterRule } from "../adapter-rule.js";
import { adapterValues } from "./adapter-values.js";
import { CHARTS, chartSource, RELEASE_SECONDS } from "./chart.js";
import { merge } from "./merge.js";

interface MetricsAdapterArgs {
  readonly namespace: pulumi.Input<string>;
  /** URL of Prometheus inside the cluster. */
  readonly prometheusUrl: string;
  readonly settings: Pick<Settings["monitoring"], "charts" | "scrapeIntervalSeconds" | "adapterValues">;
}

/** Serves the autoscaling signal from Prometheus as the cluster's custom metrics API. */
export function metricsAdapter(
  name: string,
  { namespace, prometheusUrl, settings }: MetricsAdapterArgs,
  opts: pulumi.CustomResourceOptions,
): k8s.helm.v3.Release {
  const rule = adapterRule(4 * settings.scrapeIntervalSeconds);
  return new k8s.helm.v3.Release(
    name,
    {
      ...chartSource(settings.charts, CHARTS.adapter, pulumi.runtime.getRootDirectory()),
      name,
      namespace,
      timeout: RELEASE_SECONDS,
      values: merge(adapterValues(prometheusUrl, rule), settings.adapterValues),
    },
    opts,
  );
}
