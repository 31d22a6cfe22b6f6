import type { KubeConfig, V2HorizontalPodAutoscaler } from "@kubernetes/client-node";

import { CONCURRENCY_METRIC } from "../../monitoring/adapter-rule.js";
import { PROMETHEUS_STACK } from "../../monitoring/charts/stack-values.js";
import { ApiError, getJson } from "./api-server.js";

/** Whether an API that is served beside the cluster's own answers. */
export type ApiState = "missing" | "available" | { readonly unavailable: string };

/** How Prometheus sees one pod of the service. */
interface Target {
  readonly pod: string;
  readonly health: string;
  readonly lastError: string;
}

/** What the autoscaler depends on, as the cluster reports it. */
export interface ScalingFacts {
  readonly autoscaler: V2HorizontalPodAutoscaler | undefined;
  readonly resourceApi: ApiState;
  readonly customApi: ApiState;
  /** Names of the metrics of pods that the custom metrics API serves. */
  readonly served: readonly string[];
  /** Names of the pods that it has the signal for. */
  readonly podsWithSignal: readonly string[];
  /** Undefined where the program did not install Prometheus. */
  readonly targets: readonly Target[] | "unreachable" | undefined;
}

interface Place {
  readonly namespace: string;
  /** Name of the Service and of its autoscaler. */
  readonly service: string;
  /** Namespace of the Prometheus that the program installed. */
  readonly monitoringNamespace: string | undefined;
}

/** Asks the cluster. Throws `ApiError` where it does not answer at all. */
export async function scalingFacts(config: KubeConfig, place: Place): Promise<ScalingFacts> {
  const { namespace, service, monitoringNamespace } = place;
  const get = <T>(path: string) => getJson<T>(config, path);
  const [autoscaler, resourceApi, customApi, served, podsWithSignal, targets] = await Promise.all([
    found(
      get<V2HorizontalPodAutoscaler>(
        `/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers/${service}`,
      ),
    ),
    apiState(get(`${API_SERVICES}/v1beta1.metrics.k8s.io`)),
    apiState(get(`${API_SERVICES}/v1beta1.custom.metrics.k8s.io`)),
    servedMetrics(get(CUSTOM_METRICS)),
    podsWith(get(`${CUSTOM_METRICS}/namespaces/${namespace}/pods/*/${CONCURRENCY_METRIC}`)),
    monitoringNamespace === undefined
      ? undefined
      : targetsOf(get(`${prometheus(monitoringNamespace)}/api/v1/targets?state=active`), place),
  ]);
  return { autoscaler, resourceApi, customApi, served, podsWithSignal, targets };
}

const API_SERVICES = "/apis/apiregistration.k8s.io/v1/apiservices";
const CUSTOM_METRICS = "/apis/custom.metrics.k8s.io/v1beta1";

/** Path of the installed Prometheus through the API server's proxy. */
export function prometheus(namespace: string): string {
  return `/api/v1/namespaces/${namespace}/services/${PROMETHEUS_STACK.prometheus}:${PROMETHEUS_STACK.prometheusPort}/proxy`;
}

async function found<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ApiError && error.status >= 400) {
      return undefined;
    }
    throw error;
  }
}

interface ApiService {
  status?: { conditions?: { type: string; status: string; message?: string }[] };
}

async function apiState(answer: Promise<ApiService>): Promise<ApiState> {
  const service = await found(answer);
  if (service === undefined) {
    return "missing";
  }
  const condition = service.status?.conditions?.find(({ type }) => type === "Available");
  return condition?.status === "True"
    ? "available"
    : { unavailable: condition?.message ?? "not checked yet" };
}

async function servedMetrics(answer: Promise<{ resources: { name: string }[] }>): Promise<string[]> {
  const names = (await found(answer))?.resources.map(({ name }) => name) ?? [];
  return names.filter((name) => name.startsWith("pods/")).map((name) => name.slice("pods/".length));
}

async function podsWith(
  answer: Promise<{ items: { describedObject: { name: string } }[] }>,
): Promise<string[]> {
  return (await found(answer))?.items.map(({ describedObject }) => describedObject.name) ?? [];
}

interface Targets {
  data: { activeTargets: { labels: Record<string, string>; health: string; lastError: string }[] };
}

async function targetsOf(
  answer: Promise<Targets>,
  { namespace, service }: Place,
): Promise<Target[] | "unreachable"> {
  const targets = await found(answer);
  if (targets === undefined) {
    return "unreachable";
  }
  return targets.data.activeTargets
    .filter(({ labels }) => labels.namespace === namespace && labels.job === service)
    .map(({ labels, health, lastError }) => ({ pod: labels.pod ?? "", health, lastError }));
}
