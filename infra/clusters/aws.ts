import * as aws from "@pulumi/aws";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

import { nodeArchitectures } from "../image/platform.js";
import { loadAwsConfig } from "../load-settings.js";
import type { AwsConfig } from "../settings/aws-config.js";
import { fullKey } from "../settings/keys.js";
import type { Settings } from "../settings/settings.js";
import type { Cluster } from "./cluster.js";
import { makeControlPlane } from "./aws/control-plane.js";
import { makeDomain } from "./aws/domain.js";
import { makeNodes } from "./aws/nodes.js";
import { allTags, awsProvider } from "./aws/provider.js";
import { execKubeconfig } from "./aws/token-kubeconfig.js";
import { makeVpc } from "./aws/vpc.js";

/** A cluster of EKS in a network of its own on AWS, with a registry beside it. */
export function awsCluster(
  all: Pick<Settings, "cluster" | "eks" | "image" | "ingress" | "resources">,
): Cluster {
  const settings = all.eks;
  const name = `${pulumi.getProject()}-${pulumi.getStack()}`;
  const config = loadAwsConfig(settings);
  const tags = allTags(settings, config);
  const opts = { provider: awsProvider(settings, config, tags) };
  const vpc = makeVpc(name, settings, opts);
  const { cluster, nodeRole, access } = makeControlPlane(name, settings, vpc, opts);
  const kubeconfig = pulumi.secret(kubeconfigOf(cluster, settings.region ?? "", config));
  const reachable = [cluster, ...access];
  const provider = new k8s.Provider(
    "cluster",
    { kubeconfig, clusterIdentifier: cluster.arn },
    { dependsOn: reachable },
  );
  const architectures = nodeArchitectures(all);
  const nodes = makeNodes(
    {
      role: nodeRole,
      subnetIds: vpc.privateSubnetIds,
      securityGroupId: cluster.vpcConfig.clusterSecurityGroupId,
      architectures: architectures === "any" ? ["amd64"] : architectures,
      settings: settings.nodes,
      gpus: all.resources.gpu > 0,
      tags,
    },
    { provider, dependsOn: networkPolicies({ provider }) },
  );
  const domain = makeDomain(all.ingress, opts);
  const metrics = metricsServer(cluster, { ...opts, dependsOn: nodes });
  return {
    kubeconfig,
    provider,
    ready: [...reachable, ...nodes, metrics, storageClass(tags, { provider })],
    registry: async () => (await import("../registries/aws.js")).awsRegistry(name, settings, opts),
    bucket: async (bucket, pods) =>
      (await import("../stores/aws.js")).awsBucket(
        bucket,
        { name, cluster: cluster.name, region: settings.region ?? "", protect: settings.protect },
        pods,
        opts,
      ),
    ...(settings.protect && { protection: howToUnprotect() }),
    exposure: { by: "network-load-balancer", tags, ...(domain && { domain }) },
  };
}

/** Tells the autoscaler how much CPU pods use. The add-on counts as made only when its pods run, which takes nodes. */
function metricsServer(cluster: aws.eks.Cluster, opts: pulumi.CustomResourceOptions): aws.eks.Addon {
  return new aws.eks.Addon(
    "metrics-server",
    { clusterName: cluster.name, addonName: "metrics-server" },
    opts,
  );
}

/** What a person is told who wants to delete what is protected. */
function howToUnprotect(): string {
  const set = (key: string, value: boolean) => `\`pulumi config set --path ${fullKey(key)} ${value}\``;
  return (
    "What holds data is protected: the cluster, its keys, logs, images and namespaces. " +
    `Before a \`pulumi destroy\`, run ${set("eks.protect", false)}, for the images ${set("eks.deleteImages", true)} too, ` +
    "and `pulumi up`."
  );
}

function kubeconfigOf(
  cluster: aws.eks.Cluster,
  region: string,
  { profile, assumeRole, assumeRoles }: AwsConfig,
): pulumi.Output<string> {
  const roleArn = (assumeRole ?? assumeRoles?.[0])?.roleArn;
  return pulumi
    .all([cluster.name, cluster.endpoint, cluster.certificateAuthority])
    .apply(([name, endpoint, authority]) =>
      execKubeconfig({ name, region, endpoint, certificateAuthority: authority.data, profile, roleArn }),
    );
}

/** Auto Mode brings the driver and no class: https://docs.aws.amazon.com/eks/latest/userguide/create-storage-class.html */
function storageClass(
  tags: Record<string, string>,
  opts: pulumi.CustomResourceOptions,
): k8s.storage.v1.StorageClass {
  const tagged: Record<string, string> = Object.fromEntries(
    Object.entries(tags).map(([key, value], index) => [`tagSpecification_${index + 1}`, `${key}=${value}`]),
  );
  return new k8s.storage.v1.StorageClass(
    "default",
    {
      metadata: { name: "gp3", annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
      provisioner: "ebs.csi.eks.amazonaws.com",
      parameters: { type: "gp3", encrypted: "true", ...tagged },
      volumeBindingMode: "WaitForFirstConsumer",
      reclaimPolicy: "Delete",
    },
    opts,
  );
}

/** Until somebody says so, policies are stored and not enforced: https://docs.aws.amazon.com/eks/latest/userguide/auto-net-pol.html */
function networkPolicies(opts: pulumi.CustomResourceOptions): k8s.core.v1.ConfigMap {
  return new k8s.core.v1.ConfigMap(
    "network-policies",
    {
      metadata: { name: "amazon-vpc-cni", namespace: "kube-system" },
      data: { "enable-network-policy-controller": "true" },
    },
    opts,
  );
}
