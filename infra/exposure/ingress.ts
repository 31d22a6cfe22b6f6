import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import { certificateOf } from "../settings/ingress.js";
import type { Settings } from "../settings/settings.js";
import { TLS_ANNOTATION } from "../settings/tls-annotation.js";
import type { Workload } from "../workload/workload.js";

type Ingress = Settings["ingress"];
type IngressSpec = k8s.types.input.networking.v1.IngressSpec;

/** Names under which the outside knows the service. */
function hostsOf({ hostname, otherHostnames }: Ingress): string[] {
  return hostname === undefined ? otherHostnames : [hostname, ...otherHostnames];
}

/** An Ingress of one class that leads every path of the hosts to the callers' port of a Service. */
export function ingressSpec(
  settings: Ingress,
  { callers }: Pick<Workload, "callers">,
  service: pulumi.Input<string>,
): IngressSpec {
  const hosts = hostsOf(settings);
  const backend = { service: { name: service, port: { name: callers } } };
  return {
    ingressClassName: settings.class ?? "",
    rules: hosts.map((host) => ({ host, http: { paths: [{ path: "/", pathType: "Prefix", backend }] } })),
    ...(settings.tls === "here" && { tls: [{ hosts, secretName: certificateOf(settings) ?? "" }] }),
  };
}

/** What controllers are told: who makes the certificate, where TLS ends if not here, and what the settings say. */
export function ingressAnnotations({
  tls,
  clusterIssuer,
  issuer,
  annotations,
}: Ingress): Record<string, string> {
  return {
    // Its own limit is 1 MB. The service has one itself: a body that is too large is answered in whole sentences.
    "nginx.ingress.kubernetes.io/proxy-body-size": "0",
    ...annotations,
    ...(clusterIssuer !== undefined && { "cert-manager.io/cluster-issuer": clusterIssuer }),
    ...(issuer !== undefined && { "cert-manager.io/issuer": issuer }),
    ...(tls !== "here" && { [TLS_ANNOTATION]: tls }),
  };
}

/** An HTTPRoute from a Gateway to the callers' port of a Service: https://gateway-api.sigs.k8s.io/api-types/httproute/ */
export function routeSpec(
  settings: Ingress,
  { ports, callers }: Pick<Workload, "ports" | "callers">,
  service: pulumi.Input<string>,
): object {
  const { name = "", namespace, section } = settings.gateway ?? {};
  const parent = { name, ...(namespace && { namespace }), ...(section && { sectionName: section }) };
  const port = ports.find((one) => one.name === callers)?.service;
  return {
    parentRefs: [parent],
    hostnames: hostsOf(settings),
    rules: [
      {
        matches: [{ path: { type: "PathPrefix", value: "/" } }],
        backendRefs: [{ name: service, port }],
      },
    ],
  };
}

/** URL at which callers reach it. */
export function ingressUrl({ tls, hostname = "" }: Ingress): string {
  return `${tls === "none" ? "http" : "https"}://${hostname}`;
}
