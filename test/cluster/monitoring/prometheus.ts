import type { KubeConfig } from "@kubernetes/client-node";
import { getJson } from "#infra/commands/deployed/api-server.js";
import { prometheus } from "#infra/commands/deployed/scaling-facts.js";

/** A series and its samples: [Unix time in seconds, value]. */
export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  readonly samples: readonly (readonly [number, number])[];
}

interface Matrix {
  data: { result: { metric: Record<string, string>; values: [number, string][] }[] };
}

/** A rule that Prometheus evaluates. */
export interface LoadedRule {
  readonly name: string;
  readonly query: string;
  /** `ok`, `err`, or `unknown` before it was evaluated. */
  readonly health: string;
}

interface Rules {
  data: { groups: { rules: LoadedRule[] }[] };
}

interface Alerts {
  data: { alerts: { labels: Record<string, string>; state: string }[] };
}

/** The Prometheus that the program installed, through the API server. */
export class PrometheusClient {
  constructor(
    private readonly config: KubeConfig,
    private readonly namespace: string,
  ) {}

  /** Series from `start` until now, Unix seconds; samples that are no number are left out. */
  async range(query: string, start: number, stepSeconds: number): Promise<Series[]> {
    const end = Date.now() / 1000;
    const parameters = new URLSearchParams({
      query,
      start: String(start),
      end: String(end),
      step: String(stepSeconds),
    });
    const answer = await this.get<Matrix>(`query_range?${parameters.toString()}`);
    return answer.data.result.map(({ metric, values }) => ({
      labels: metric,
      samples: values
        .map(([time, value]) => [time, Number(value)] as const)
        .filter(([, value]) => Number.isFinite(value)),
    }));
  }

  /** Every rule that it has loaded. */
  async rules(): Promise<LoadedRule[]> {
    const { data } = await this.get<Rules>("rules");
    return data.groups.flatMap(({ rules }) => rules);
  }

  /** Labels of the alerts of one name that fire now. */
  async firing(alert: string): Promise<Record<string, string>[]> {
    const { data } = await this.get<Alerts>("alerts");
    return data.alerts
      .filter(({ labels, state }) => labels.alertname === alert && state === "firing")
      .map(({ labels }) => labels);
  }

  private get<T>(path: string): Promise<T> {
    return getJson<T>(this.config, `${prometheus(this.namespace)}/api/v1/${path}`);
  }
}
