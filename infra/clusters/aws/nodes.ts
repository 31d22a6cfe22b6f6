import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import type { Architecture } from "../../image/platform.js";
import type { Settings } from "../../settings/settings.js";
import { GPU } from "../../workload/container.js";

/** What the nodes of a cluster are made of. */
interface NodesArgs {
  /** Name of their IAM role. */
  role: pulumi.Input<string>;
  subnetIds: pulumi.Input<string>[];
  securityGroupId: pulumi.Input<string>;
  architectures: Architecture[];
  settings: Settings["eks"]["nodes"];
  /** Whether there are to be nodes with a GPU, too. */
  gpus: boolean;
  /** Of instances, their volumes and network interfaces. */
  tags: Record<string, string>;
}

const NAME = "workloads";
const GPU_NAME = "gpu";

/** One condition on a node. */
interface Requirement {
  key: string;
  operator: "In" | "Gt";
  values: string[];
}

/**
 * Nodes that Auto Mode runs, as in its pool `general-purpose`, but of the image's architecture, where that one knows amd64
 * alone, and with our tags. https://docs.aws.amazon.com/eks/latest/userguide/create-node-pool.html
 */
export function makeNodes(args: NodesArgs, opts: pulumi.CustomResourceOptions): pulumi.Resource[] {
  // A node is drained before it goes, and its pool waits for the last one.
  const patient = { ...opts, customTimeouts: { delete: "30m" } };
  const nodeClass = new k8s.apiextensions.CustomResource(
    "node-class",
    {
      apiVersion: "eks.amazonaws.com/v1",
      kind: "NodeClass",
      metadata: { name: NAME },
      spec: classSpec(args),
    },
    patient,
  );
  const pool = (resource: string, name: string, spec: object) =>
    new k8s.apiextensions.CustomResource(
      resource,
      { apiVersion: "karpenter.sh/v1", kind: "NodePool", metadata: { name }, spec },
      { ...patient, dependsOn: nodeClass },
    );
  return [
    nodeClass,
    pool("node-pool", NAME, poolSpec(args)),
    ...(args.gpus ? [pool("gpu-node-pool", GPU_NAME, gpuPoolSpec(args.settings))] : []),
  ];
}

function classSpec({ role, subnetIds, securityGroupId, tags }: NodesArgs): object {
  return {
    role,
    subnetSelectorTerms: subnetIds.map((id) => ({ id })),
    securityGroupSelectorTerms: [{ id: securityGroupId }],
    tags,
  };
}

function poolSpec({ architectures, settings }: NodesArgs): object {
  const { capacityTypes, categories, maxCpu, maxMemory } = settings;
  const limits = { ...(maxCpu && { cpu: maxCpu }), ...(maxMemory && { memory: maxMemory }) };
  return poolOf(
    [
      { key: "karpenter.sh/capacity-type", operator: "In", values: capacityTypes },
      { key: "eks.amazonaws.com/instance-category", operator: "In", values: categories },
      { key: "eks.amazonaws.com/instance-generation", operator: "Gt", values: ["4"] },
      { key: "kubernetes.io/arch", operator: "In", values: architectures },
    ],
    limits,
  );
}

/** Nodes that pods which ask for a GPU have to themselves. Auto Mode brings NVIDIA's driver and device plugin. */
function gpuPoolSpec({ capacityTypes, gpuCategories = ["g"], maxGpus }: NodesArgs["settings"]): object {
  return poolOf(
    [
      { key: "karpenter.sh/capacity-type", operator: "In", values: capacityTypes },
      { key: "eks.amazonaws.com/instance-category", operator: "In", values: gpuCategories },
      { key: "eks.amazonaws.com/instance-gpu-manufacturer", operator: "In", values: ["nvidia"] },
      { key: "kubernetes.io/arch", operator: "In", values: ["amd64"] },
    ],
    maxGpus === undefined ? {} : { [GPU]: String(maxGpus) },
    { taints: [{ key: GPU, effect: "NoSchedule" }] },
  );
}

function poolOf(requirements: Requirement[], limits: Record<string, string>, more: object = {}): object {
  return {
    template: {
      spec: {
        nodeClassRef: { group: "eks.amazonaws.com", kind: "NodeClass", name: NAME },
        ...more,
        requirements,
        expireAfter: "336h",
      },
    },
    disruption: {
      consolidationPolicy: "WhenEmptyOrUnderutilized",
      consolidateAfter: "30s",
      budgets: [{ nodes: "10%" }],
    },
    ...(Object.keys(limits).length > 0 && { limits }),
    // Before EKS's own pool `system`, whose nodes do not have our tags.
    weight: 10,
  };
}
