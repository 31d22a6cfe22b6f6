import { AppsV1Api, type KubeConfig, type V1Deployment } from "@kubernetes/client-node";
import { scalingFacts } from "#infra/commands/deployed/scaling-facts.js";
import { scalingStatus } from "#infra/commands/deployed/scaling-status.js";
import { eventually } from "./eventually.js";

const NAME = "inference";

/** The service that a stack put into a namespace. */
export class DeployedService {
  constructor(
    private readonly config: KubeConfig,
    private readonly namespace: string,
  ) {}

  async replicas(): Promise<number> {
    return (await this.deployment()).status?.replicas ?? 0;
  }

  /** The image that it runs, by digest. */
  async image(): Promise<string> {
    const { spec } = await this.deployment();
    return spec?.template.spec?.containers[0]?.image ?? "";
  }

  /** Waits until every replica runs the newest template. */
  async rolledOut(): Promise<void> {
    await eventually("the rollout is done", async () => {
      const { metadata, status } = await this.deployment();
      const { observedGeneration, replicas: all, updatedReplicas, readyReplicas } = status ?? {};
      const done =
        observedGeneration === metadata?.generation && all === updatedReplicas && all === readyReplicas;
      return done ? true : undefined;
    });
  }

  /** Waits until its autoscaler reads all that it should follow. */
  async everyMetricIsLive(monitoringNamespace?: string): Promise<void> {
    const { namespace } = this;
    await eventually("every metric is live", async () => {
      const facts = await scalingFacts(this.config, { namespace, service: NAME, monitoringNamespace });
      const metrics = scalingStatus(facts);
      if (metrics.some(({ live }) => !live)) {
        throw new Error(JSON.stringify(metrics));
      }
      return metrics;
    });
  }

  private deployment(): Promise<V1Deployment> {
    return this.config
      .makeApiClient(AppsV1Api)
      .readNamespacedDeployment({ namespace: this.namespace, name: NAME });
  }
}
