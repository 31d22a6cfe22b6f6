import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

import type { Settings } from "../../settings/settings.js";
import { alertmanagerConfig, hasReceivers } from "../alerts/receivers.js";
import { CHARTS, chartSource, RELEASE_SECONDS } from "./chart.js";
import { merge } from "./merge.js";
import { PROMETHEUS_STACK, stackValues } from "./stack-values.js";

/** Prometheus, its operator, Alertmanager and Grafana, in a namespace of their own. */
export class MonitoringStack extends pulumi.ComponentResource {
  readonly namespace: pulumi.Output<string>;
  /** URL of Prometheus inside the cluster. */
  readonly prometheusUrl: string;
  /** Of Grafana's user `admin`; absent without Grafana. */
  readonly grafanaPassword: pulumi.Output<string> | undefined;
  /** What custom resources of the operator must come after. */
  readonly release: k8s.helm.v3.Release;

  constructor(name: string, settings: Settings["monitoring"], opts: pulumi.ComponentResourceOptions) {
    super("ai-model-service:monitoring:MonitoringStack", name, {}, opts);
    const child = { parent: this };
    const space = new k8s.core.v1.Namespace(name, { metadata: { name: settings.namespace } }, child);
    this.namespace = space.metadata.name;
    const chart = (which: keyof typeof CHARTS) =>
      chartSource(settings.charts, CHARTS[which], pulumi.runtime.getRootDirectory());

    const definitions = settings.crds
      ? [
          new k8s.helm.v3.Release(
            `${name}-crds`,
            { ...chart("definitions"), name: `${PROMETHEUS_STACK.release}-crds`, namespace: this.namespace },
            child,
          ),
        ]
      : [];
    const password = settings.grafana ? this.grafanaSecret() : undefined;
    const receivers = hasReceivers(settings.receivers) ? [this.receiversSecret(settings)] : [];
    this.release = new k8s.helm.v3.Release(
      name,
      {
        ...chart("stack"),
        name: PROMETHEUS_STACK.release,
        namespace: this.namespace,
        timeout: RELEASE_SECONDS,
        skipCrds: true,
        values: merge(stackValues(settings), settings.stackValues),
      },
      {
        ...child,
        dependsOn: [...definitions, ...receivers, ...(password === undefined ? [] : [password.secret])],
      },
    );
    this.grafanaPassword = password?.value;
    this.prometheusUrl = `http://${PROMETHEUS_STACK.prometheus}.${settings.namespace}.svc:${PROMETHEUS_STACK.prometheusPort}`;
    this.registerOutputs({});
  }

  /** Whoever is told of alerts, in a Secret that Alertmanager reads anew when it changes: Helm would keep it in plain sight. */
  private receiversSecret({ receivers }: Settings["monitoring"]): k8s.core.v1.Secret {
    const name = PROMETHEUS_STACK.receiversSecret;
    return new k8s.core.v1.Secret(
      name,
      {
        metadata: { name, namespace: this.namespace },
        stringData: { "alertmanager.yaml": pulumi.secret(JSON.stringify(alertmanagerConfig(receivers))) },
      },
      { parent: this },
    );
  }

  /** The chart would make another password at every render. */
  private grafanaSecret(): { secret: k8s.core.v1.Secret; value: pulumi.Output<string> } {
    const child = { parent: this };
    const { result } = new random.RandomPassword(
      PROMETHEUS_STACK.grafanaSecret,
      { length: 24, special: false },
      child,
    );
    const secret = new k8s.core.v1.Secret(
      PROMETHEUS_STACK.grafanaSecret,
      {
        metadata: { name: PROMETHEUS_STACK.grafanaSecret, namespace: this.namespace },
        stringData: { "admin-user": "admin", "admin-password": result },
      },
      child,
    );
    return { secret, value: result };
  }
}
