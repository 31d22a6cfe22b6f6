/** A cluster on AWS: its network, its roles and an EKS control plane that runs the nodes itself. */

import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

import { type Partition, partitionOf } from "../../settings/partition.js";
import type { Settings } from "../../settings/settings.js";
import { clusterRole, nodeRole } from "./roles.js";
import type { Vpc } from "./vpc.js";

/** Every kind of log that a control plane writes. */
const LOG_TYPES = ["api", "audit", "authenticator", "controllerManager", "scheduler"];

const ADMIN_POLICY = "AmazonEKSClusterAdminPolicy";

/** A cluster and who may reach it. */
interface ControlPlane {
  cluster: aws.eks.Cluster;
  /** Name of the role of its nodes. */
  nodeRole: pulumi.Output<string>;
  access: pulumi.Resource[];
}

/** An EKS cluster in Auto Mode: AWS runs nodes, storage, load balancers and the network's plugins. */
export function makeControlPlane(
  name: string,
  settings: Settings["eks"],
  vpc: Vpc,
  opts: pulumi.CustomResourceOptions,
): ControlPlane {
  const partition = partitionOf(settings.region ?? "");
  const [role, nodes] = [clusterRole(partition, opts), nodeRole(partition, opts)];
  const kept = { ...opts, protect: settings.protect };
  const named = { ...kept, ignoreChanges: ["name"] };
  const ownName = nameOfThisLife(name);
  const key = new aws.kms.Key(
    "secrets",
    { description: `Secrets of ${name}`, enableKeyRotation: true },
    kept,
  );
  // Made here, before EKS would make it, so that logs end some day and go with the stack.
  const logs = new aws.cloudwatch.LogGroup(
    "control-plane",
    { name: pulumi.interpolate`/aws/eks/${ownName}/cluster`, retentionInDays: settings.logRetentionDays },
    named,
  );
  const cluster = new aws.eks.Cluster(
    "cluster",
    {
      name: ownName,
      version: settings.kubernetesVersion,
      roleArn: role.arn,
      accessConfig: { authenticationMode: "API", bootstrapClusterCreatorAdminPermissions: true },
      bootstrapSelfManagedAddons: false,
      // This pool is for add-ons that ask for it; with it EKS lets nodes of the role in, ours too.
      computeConfig: { enabled: true, nodePools: ["system"], nodeRoleArn: nodes.arn },
      kubernetesNetworkConfig: { elasticLoadBalancing: { enabled: true } },
      storageConfig: { blockStorage: { enabled: true } },
      vpcConfig: {
        subnetIds: vpc.privateSubnetIds,
        endpointPrivateAccess: true,
        ...publicAccess(settings.apiAccess),
      },
      encryptionConfig: { provider: { keyArn: key.arn }, resources: ["secrets"] },
      enabledClusterLogTypes: LOG_TYPES,
      upgradePolicy: { supportType: "STANDARD" },
    },
    // Nodes are the cluster's: while it is deleted they still need their roles and their way out.
    { ...named, dependsOn: [...role.attachments, ...nodes.attachments, ...vpc.routes, logs] },
  );
  const access = settings.admins.flatMap((principalArn, index) =>
    admin(cluster, { principalArn, partition }, index, opts),
  );
  return { cluster, nodeRole: nodes.name, access };
}

/**
 * A name that no cluster before had: EKS writes its last logs after a cluster and its log group are deleted, and so makes the
 * group again, whose name a next cluster of the same name would need. A cluster that is there keeps its name.
 */
function nameOfThisLife(name: string): pulumi.Output<string> {
  const { hex } = new random.RandomId("cluster", { byteLength: 3 });
  return pulumi.interpolate`${name}-${hex}`;
}

/** Whether and from where the API server is reached from outside of the VPC. */
function publicAccess(apiAccess: Settings["eks"]["apiAccess"]): {
  endpointPublicAccess: boolean;
  publicAccessCidrs?: string[];
} {
  return Array.isArray(apiAccess)
    ? { endpointPublicAccess: true, publicAccessCidrs: apiAccess }
    : { endpointPublicAccess: false };
}

function admin(
  cluster: aws.eks.Cluster,
  { principalArn, partition }: { principalArn: string; partition: Partition },
  index: number,
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource[] {
  const entry = new aws.eks.AccessEntry(`admin-${index}`, { clusterName: cluster.name, principalArn }, opts);
  const policy = new aws.eks.AccessPolicyAssociation(
    `admin-${index}`,
    {
      clusterName: cluster.name,
      principalArn: entry.principalArn,
      policyArn: `arn:${partition}:eks::aws:cluster-access-policy/${ADMIN_POLICY}`,
      accessScope: { type: "cluster" },
    },
    opts,
  );
  return [entry, policy];
}
