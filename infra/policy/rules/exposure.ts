import { ADMIN_PORT } from "@ai-model-service/contract/http";

import { at, type Checked, type Fault, listAt, type Rule, textAt } from "../policy-rule.js";

const EVERYBODY = ["0.0.0.0/0", "::/0"];
const ANNOTATION = "service.beta.kubernetes.io/aws-load-balancer";

/** What is wrong with a resource of each type. */
const checks: Record<string, (props: unknown) => Fault[]> = {
  "kubernetes:core/v1:Service": (props) => [...serviceFaults(props), ...administrationFaults(props)],
  "kubernetes:networking.k8s.io/v1:Ingress": (props) =>
    listAt(props, "spec", "tls").length > 0 ? [] : ["answers without TLS"],
  "aws:eks/cluster:Cluster": clusterFaults,
  "aws:ec2/subnet:Subnet": (props) =>
    at(props, "mapPublicIpOnLaunch") === true
      ? ["gives whatever starts in it an address on the internet"]
      : [],
  "aws:ec2/securityGroup:SecurityGroup": (props) =>
    listAt(props, "ingress").flatMap((rule) => openRange(listAt(rule, "cidrBlocks"))),
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": (props) => openRange([at(props, "cidrIpv4")]),
  "docker:index/container:Container": (props) =>
    listAt(props, "ports")
      .filter((port) => textAt(port, "ip") !== "127.0.0.1")
      .map((port) => `publishes port ${String(at(port, "external"))} beyond 127.0.0.1`),
};

/** Names and numbers by which a Service's port leads to the administrators' port. */
const ADMINISTRATION = ["admin", ADMIN_PORT, String(ADMIN_PORT)];

/** Administration is reached from inside of the cluster alone. */
function administrationFaults(props: unknown): Fault[] {
  const type = textAt(props, "spec", "type");
  const leadsThere = listAt(props, "spec", "ports").some((port) =>
    ADMINISTRATION.includes((at(port, "targetPort") ?? at(port, "port")) as string | number),
  );
  return leadsThere && ["LoadBalancer", "NodePort"].includes(type)
    ? [{ what: "opens the administrators' port to the outside", setting: "service.type" }]
    : [];
}

/** A load balancer on the internet has TLS and says who may connect; one that does not say where it is counts as public. */
function serviceFaults(props: unknown): Fault[] {
  if (textAt(props, "spec", "type") !== "LoadBalancer") {
    return [];
  }
  const annotation = (name: string) => textAt(props, "metadata", "annotations", `${ANNOTATION}-${name}`);
  if (annotation("scheme") === "internal") {
    return [];
  }
  return [
    ...(annotation("ssl-cert") === ""
      ? [{ what: "is a public load balancer without a certificate", setting: "ingress.certificateArn" }]
      : []),
    ...(listAt(props, "spec", "loadBalancerSourceRanges").length === 0
      ? [
          {
            what: "is a public load balancer that does not say who may connect",
            setting: "ingress.sourceRanges",
          },
        ]
      : []),
  ];
}

function clusterFaults(props: unknown): Fault[] {
  // AWS opens the endpoint to everybody when nothing is said.
  if (at(props, "vpcConfig", "endpointPublicAccess") === false) {
    return [];
  }
  const networks = listAt(props, "vpcConfig", "publicAccessCidrs");
  const open = networks.length === 0 || networks.some((network) => EVERYBODY.includes(String(network)));
  return open ? [{ what: "lets everybody reach its API server", setting: "eks.apiAccess" }] : [];
}

function openRange(networks: unknown[]): string[] {
  return networks.some((network) => EVERYBODY.includes(String(network))) ? ["lets everybody in"] : [];
}

export const noOpenDoors: Rule = {
  name: "no-open-doors",
  description: "Nothing is reached from the internet by accident.",
  check: ({ type, props }: Checked) => checks[type]?.(props) ?? [],
};
