import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import { type Cluster, onCluster } from "../clusters/cluster.js";

/** Port of Grafana in its pods. */
const GRAFANA_PORT = 3000;

/** What the program installed: the namespace of the monitoring, and Grafana's password where Grafana is in it. */
interface Installed {
  readonly namespace?: pulumi.Output<string> | undefined;
  readonly grafanaPassword?: pulumi.Output<string> | undefined;
}

/** Opens Grafana where it is installed and the cluster has a way for it; its URL, undefined where it is not opened. */
export function grafanaEndpoint(
  cluster: Cluster,
  { namespace, grafanaPassword }: Installed,
): pulumi.Output<string> | undefined {
  const { exposure } = cluster;
  if (exposure?.by !== "node-port" || namespace === undefined || grafanaPassword === undefined) {
    return undefined;
  }
  const { nodePort, hostPort } = exposure.ports.grafana;
  const service = new k8s.core.v1.Service(
    "grafana",
    {
      metadata: { name: "grafana-public", namespace },
      spec: {
        type: "NodePort",
        selector: { "app.kubernetes.io/name": "grafana" },
        ports: [{ port: 80, targetPort: GRAFANA_PORT, nodePort }],
      },
    },
    onCluster(cluster),
  );
  return service.metadata.apply(() => `http://127.0.0.1:${hostPort}`);
}
