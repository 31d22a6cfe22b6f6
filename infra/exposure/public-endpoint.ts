/** Exposure: how the outside reaches what runs on a cluster, and what a person is told about it. */

import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import { type Cluster, onCluster } from "../clusters/cluster.js";
import type { Settings } from "../settings/settings.js";
import { serviceTimeouts } from "../workload/rollout.js";
import type { Workload } from "../workload/workload.js";
import { type Access, accessAt } from "./access.js";
import { ingressAnnotations, ingressSpec, ingressUrl, routeSpec } from "./ingress.js";
import { loadBalancerAnnotations, loadBalancerSpec, loadBalancerUrl } from "./load-balancer.js";

/** Name of the Service that the outside reaches. */
const NAME = "public";

type ServiceSpec = k8s.types.input.core.v1.ServiceSpec;

/** What is opened, and where it is. */
export interface Opened {
  workload: Workload;
  namespace: pulumi.Input<string>;
  /** Name of its Service. */
  service: pulumi.Input<string>;
}

/** Opens a workload to the outside in the way of its cluster; undefined where the program knows none. */
export function publicEndpoint(
  cluster: Cluster,
  settings: Settings["ingress"],
  { workload, namespace, service: ofWorkload }: Opened,
): pulumi.Output<Access> | undefined {
  const { exposure } = cluster;
  const opts = { ...onCluster(cluster), customTimeouts: serviceTimeouts(workload) };
  const metadata = { name: NAME, namespace, labels: workload.labels };
  const open = (spec: ServiceSpec, annotations: Record<string, pulumi.Input<string>>) =>
    new k8s.core.v1.Service(NAME, { metadata: { ...metadata, annotations }, spec }, opts);
  switch (exposure?.by) {
    case undefined:
      return undefined;
    case "node-port": {
      const { nodePort, hostPort } = exposure.ports.service;
      const service = open(nodePortSpec(workload, nodePort), {});
      return service.metadata.apply(() => accessAt(`http://127.0.0.1:${hostPort}`));
    }
    case "ingress": {
      const annotations = ingressAnnotations(settings);
      const ingress = new k8s.networking.v1.Ingress(
        NAME,
        { metadata: { ...metadata, annotations }, spec: ingressSpec(settings, workload, ofWorkload) },
        opts,
      );
      return ingress.metadata.apply(() => accessAt(ingressUrl(settings)));
    }
    case "gateway": {
      const { annotations } = settings;
      const route = new k8s.apiextensions.CustomResource(
        NAME,
        {
          apiVersion: "gateway.networking.k8s.io/v1",
          kind: "HTTPRoute",
          metadata: { ...metadata, annotations },
          spec: routeSpec(settings, workload, ofWorkload),
        },
        opts,
      );
      return route.metadata.apply(() => accessAt(ingressUrl(settings)));
    }
    case "network-load-balancer": {
      const { tags, domain } = exposure;
      const certificateArn = settings.certificateArn ?? domain?.certificateArn;
      const annotations = loadBalancerAnnotations(settings, workload, tags, certificateArn);
      const service = open(loadBalancerSpec(settings, workload, certificateArn), annotations);
      const address = service.status.apply(({ loadBalancer }) => loadBalancer?.ingress?.[0]?.hostname ?? "");
      domain?.leadTo(address);
      return address.apply((host) => accessAt(loadBalancerUrl(settings, host, certificateArn)));
    }
  }
}

function nodePortSpec({ selector, callers }: Workload, nodePort: number): ServiceSpec {
  return {
    type: "NodePort",
    selector,
    ports: [{ name: callers, port: 80, targetPort: callers, nodePort }],
  };
}
