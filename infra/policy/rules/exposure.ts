import { ADMIN_PORT } from "@ai-model-service/contract/http";

import { TLS_ANNOTATION } from "../../settings/tls-annotation.js";
import { at, type Checked, type Fault, listAt, type Rule, textAt } from "../policy-rule.js";

const EVERYBODY = ["0.0.0.0/0", "::/0"];
const ANNOTATION = "service.beta.kubernetes.io/aws-load-balancer";

/** What is wrong with a resource of each type. */
const checks: Record<string, (props: unknown) => Fault[]> = {
  "kubernetes:core/v1:Service": (props) => [...serviceFaults(props), ...administrationFaults(props)],
  "kubernetes:networking.k8s.io/v1:Ingress": ingressFaults,
  "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute": routeFaults,
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

function isAdministration(port: unknown): boolean {
  return ADMINISTRATION.includes(port as string | number);
}

/** Administration is reached from inside of the cluster alone. */
function administrationFaults(props: unknown): Fault[] {
  const type = textAt(props, "spec", "type");
  const leadsThere = listAt(props, "spec", "ports").some((port) =>
    isAdministration(at(port, "targetPort") ?? at(port, "port")),
  );
  return leadsThere && ["LoadBalancer", "NodePort"].includes(type)
    ? [{ what: "opens the administrators' port to the outside", setting: "service.type" }]
    : [];
}

/** An Ingress ends TLS, or says that the settings have it end elsewhere, and leads to callers' ports alone. */
function ingressFaults(props: unknown): Fault[] {
  const withTls =
    listAt(props, "spec", "tls").length > 0 ||
    textAt(props, "metadata", "annotations", TLS_ANNOTATION) !== "";
  const backends = listAt(props, "spec", "rules")
    .flatMap((rule) => listAt(rule, "http", "paths"))
    .map((path) => at(path, "backend", "service"));
  const ports = [at(props, "spec", "defaultBackend", "service"), ...backends].flatMap((service) => [
    at(service, "port", "name"),
    at(service, "port", "number"),
  ]);
  return [
    ...(withTls ? [] : [{ what: "answers without TLS", setting: "ingress.tls" }]),
    ...(ports.some(isAdministration) ? ["opens the administrators' port to the outside"] : []),
  ];
}

function routeFaults(props: unknown): Fault[] {
  const backends = listAt(props, "spec", "rules").flatMap((rule) => listAt(rule, "backendRefs"));
  return backends.some((backend) => isAdministration(at(backend, "port")))
    ? ["opens the administrators' port to the outside"]
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
