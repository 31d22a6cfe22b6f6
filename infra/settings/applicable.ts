import type { z } from "zod";

import { isOpened } from "./ingress.js";
import type { Settings } from "./settings.js";

/** Settings that count for some stacks alone. */
interface Scope {
  /** A section, or one setting of it. */
  readonly keys: readonly string[];
  readonly includes: (settings: Settings) => boolean;
  /** In words: "applies only ...". */
  readonly where: string;
}

function onCluster(cluster: Settings["cluster"], ...keys: string[]): Scope {
  return { keys, includes: (settings) => settings.cluster === cluster, where: `where cluster is ${cluster}` };
}

const SCOPES: readonly Scope[] = [
  onCluster("local", "local"),
  onCluster("existing", "existing"),
  onCluster(
    "eks",
    ...["eks", "ingress.scheme", "ingress.certificateArn", "ingress.zone", "ingress.privateZone"],
    "ingress.sourceRanges",
  ),
  {
    keys: ["ingress.otherHostnames"],
    includes: ({ cluster, ingress }) => cluster !== "eks" || ingress.zone !== undefined,
    where: "with ingress.zone where cluster is eks",
  },
  onCluster("existing", "ingress.class", "ingress.gateway"),
  {
    keys: ["hostname", "otherHostnames", "withoutKeys"].map((name) => `ingress.${name}`),
    includes: ({ cluster, ingress }) => cluster === "eks" || isOpened(ingress),
    where: "where cluster is eks, or existing with ingress.class or ingress.gateway",
  },
  {
    keys: ["ingress.tls", "ingress.annotations"],
    includes: ({ ingress }) => isOpened(ingress),
    where: "where cluster is existing, with ingress.class or ingress.gateway",
  },
  {
    keys: ["tlsSecret", "clusterIssuer", "issuer"].map((name) => `ingress.${name}`),
    includes: ({ ingress }) => ingress.class !== undefined && ingress.tls === "here",
    where: "where an Ingress ends TLS: with ingress.class, and ingress.tls here",
  },
  {
    keys: ["image.builder", "image.base"],
    includes: ({ image, models }) => image.reference === undefined || models.folder !== undefined,
    where: "where the program builds an image: with models.folder, or without image.reference",
  },
  {
    keys: ["image.cudaBase"],
    includes: ({ image, resources }) => image.reference === undefined && resources.gpu > 0,
    where: "where the program builds the image, with resources.gpu",
  },
  {
    keys: ["charts", "adapterValues"].map((name) => `monitoring.${name}`),
    includes: ({ monitoring: { mode, prometheusUrl } }) => mode === "stack" || prometheusUrl !== undefined,
    where: "where the program installs a chart: with monitoring.mode stack, or monitoring.prometheusUrl",
  },
  {
    keys: ["namespace", "crds", "grafana", "retentionDays", "storage", "receivers", "stackValues"].map(
      (name) => `monitoring.${name}`,
    ),
    includes: ({ monitoring: { mode } }) => mode === "stack",
    where: "where monitoring.mode is stack",
  },
  {
    keys: ["scrapeIntervalSeconds", "objectives", "alertPatience", "runbooks", "labels"].map(
      (name) => `monitoring.${name}`,
    ),
    includes: ({ monitoring: { mode } }) => mode !== "none",
    where: "where there is monitoring: monitoring.mode is none",
  },
  {
    keys: ["autoscaling.concurrencyPerPod"],
    includes: ({ monitoring: { mode, prometheusUrl, sharedAdapter } }) =>
      mode === "stack" || prometheusUrl !== undefined || sharedAdapter,
    where:
      "where monitoring serves the metric: with monitoring.mode stack, monitoring.prometheusUrl or monitoring.sharedAdapter",
  },
];

/**
 * A fault for every setting that is `given` and that a stack of these settings would not look at: whoever wrote it believes
 * that it does something.
 */
export function inapplicable(
  given: Readonly<Record<string, unknown>>,
  settings: Settings,
): z.core.$ZodIssueCustom[] {
  return SCOPES.filter(({ includes }) => !includes(settings)).flatMap(({ keys, where }) =>
    keys
      .flatMap((key) => pathsOf(given, key))
      .map((path) => ({ code: "custom", path, message: `applies only ${where}`, input: undefined })),
  );
}

/** The settings of a section that are given, or the one itself. */
function pathsOf(given: Readonly<Record<string, unknown>>, key: string): string[][] {
  const [section = "", name] = key.split(".");
  const names = Object.keys(given[section] ?? {});
  return (name === undefined ? names : names.filter((each) => each === name)).map((each) => [section, each]);
}
