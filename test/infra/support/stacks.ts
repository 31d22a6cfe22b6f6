import { resolve } from "node:path";

import { fakeDaemon, type FakeDaemon, IDLE } from "./docker-daemon.js";
import type { StackSettings } from "./program.js";

/** An image that was built before. */
export const PREBUILT = `registry.test/service@sha256:${"1".repeat(64)}`;

/** Certificate of the public load balancer. */
export const CERTIFICATE = "arn:aws:acm:eu-central-1:123456789012:certificate/0a1b";

/** A cluster on AWS. */
const EKS = {
  cluster: "eks",
  eks: {
    region: "eu-central-1",
    apiAccess: ["203.0.113.0/24"],
    admins: ["arn:aws:iam::123456789012:role/operators"],
  },
};

/** Settings of each kind of stack. */
export const STACKS = {
  dev: () => ({ cluster: "local" }),
  existing: () => ({
    cluster: "existing",
    existing: { kubeconfig: "test/infra/support/kubeconfig.yaml" },
    registry: { address: "registry.test/team" },
  }),
  prod: () => ({
    ...EKS,
    ingress: {
      scheme: "public",
      certificateArn: CERTIFICATE,
      sourceRanges: ["0.0.0.0/0"],
      withoutKeys: true,
    },
  }),
  folder: () => ({
    cluster: "existing",
    existing: { kubeconfig: "test/infra/support/kubeconfig.yaml" },
    registry: { address: "registry.test/team" },
    monitoring: { mode: "existing", prometheusNamespace: "obs" },
    models: { folder: resolve("service/models") },
  }),
  bucket: () => ({
    ...EKS,
    monitoring: { mode: "existing", prometheusNamespace: "obs" },
    models: { bucket: { create: true, prefix: "team/a" } },
  }),
} satisfies Record<string, () => StackSettings>;

/** Name of a kind of stack. */
export type StackName = keyof typeof STACKS;

/** A Docker daemon that already holds the local cluster's default ports for it. */
export function daemonWithCluster(): Promise<FakeDaemon> {
  const node = {
    Id: "c1",
    Names: ["/node"],
    State: "running",
    Labels: {},
    Ports: [6550, 5050, 8080, 8081].map((PublicPort) => ({ PublicPort })),
  };
  return fakeDaemon({ ...IDLE, "GET /containers/json": { body: [node] } });
}
