import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

import { autoscalerSpec } from "./autoscaler.js";
import { deploymentSpec } from "./deployment.js";
import { disruptionBudgetSpec } from "./disruption-budget.js";
import { networkPolicySpec } from "./network-policy.js";
import { administrationName, administrationSpec, serviceSpec } from "./service-spec.js";
import { rolloutTimeouts, serviceTimeouts } from "./rollout.js";
import type { Workload } from "./workload.js";

/** What a workload needs to be deployed. */
interface DeployedWorkloadArgs {
  workload: Workload;
  /** By digest. */
  image: pulumi.Input<string>;
  /** Name of a namespace that exists. */
  namespace: pulumi.Input<string>;
  /** Name of the Secret that the image is pulled with, where it needs one. */
  pullSecret?: pulumi.Input<string> | undefined;
  /** What must exist before its pods. */
  after?: readonly pulumi.Resource[];
}

/** Type of the component while the model server was all that it could deploy: stacks of that time know it by this. */
const FORMER_TYPE = "ai-model-service:index:ModelService";

/** A workload on a cluster: everything that it needs to run, be reached, scale and be updated safely. */
export class DeployedWorkload extends pulumi.ComponentResource {
  readonly service: k8s.core.v1.Service;
  /** Of the administrators' port. */
  readonly administration: k8s.core.v1.Service;

  constructor(args: DeployedWorkloadArgs, opts: pulumi.ComponentResourceOptions) {
    const { workload, image, namespace, pullSecret, after = [] } = args;
    const { name, labels } = workload;
    super("ai-model-service:workload:Workload", name, {}, { ...opts, aliases: [{ type: FORMER_TYPE }] });
    const metadata = { name, namespace, labels };
    const child = { parent: this };

    const account = new k8s.core.v1.ServiceAccount(
      name,
      {
        metadata,
        automountServiceAccountToken: false,
        ...(pullSecret !== undefined && { imagePullSecrets: [{ name: pullSecret }] }),
      },
      child,
    );
    const policy = new k8s.networking.v1.NetworkPolicy(
      name,
      { metadata, spec: networkPolicySpec(workload) },
      child,
    );
    const serviceAccountName = account.metadata.name;
    new k8s.apps.v1.Deployment(
      name,
      { metadata, spec: deploymentSpec(workload, { image, serviceAccountName }) },
      { ...child, dependsOn: [policy, ...after], customTimeouts: rolloutTimeouts(workload) },
    );
    const reached = { ...child, customTimeouts: serviceTimeouts(workload) };
    this.service = new k8s.core.v1.Service(name, { metadata, spec: serviceSpec(workload) }, reached);
    const ofAdministration = administrationName(workload);
    this.administration = new k8s.core.v1.Service(
      ofAdministration,
      { metadata: { ...metadata, name: ofAdministration }, spec: administrationSpec(workload) },
      reached,
    );
    new k8s.policy.v1.PodDisruptionBudget(name, { metadata, spec: disruptionBudgetSpec(workload) }, child);
    new k8s.autoscaling.v2.HorizontalPodAutoscaler(name, { metadata, spec: autoscalerSpec(workload) }, child);
    this.registerOutputs({});
  }
}
