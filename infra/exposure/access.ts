import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

import { ADMIN_PORT, PATHS, SERVICE_PORT } from "@ai-model-service/contract/http";

/** What decides how a Service is reached from outside. */
interface ServiceAddress {
  name: string;
  namespace: string;
  port: number;
  /** Host name or IP address that the Service is reached at from outside, if there is one. */
  host?: string | undefined;
}

/** How to reach the service. */
export interface Access {
  /** URL of the service. */
  endpoint: string;
  /** Shell commands that ask for a prediction. */
  call: string;
}

/** The URL of a Service and how to call it; through kubectl where it has no address outside of its cluster. */
export function access(address: ServiceAddress): Access {
  const { name, namespace, port, host } = address;
  if (host === undefined) {
    const forward = portForward(address, SERVICE_PORT);
    return {
      endpoint: url(`${name}.${namespace}.svc`, port),
      call: `${forward} &\n${predictionCall(url("localhost", SERVICE_PORT))}`,
    };
  }
  return accessAt(url(host, port));
}

/** How to reach the service at its URL. */
export function accessAt(endpoint: string): Access {
  return { endpoint, call: predictionCall(endpoint) };
}

function url(host: string, port: number): string {
  return port === 80 ? `http://${host}` : `http://${host}:${port}`;
}

/** A shell command that asks for the prediction of a picture in a file. */
export function predictionCall(endpoint: string, picture = "digit.png"): string {
  return `curl --header 'content-type: image/png' --data-binary @${picture} ${endpoint}${PATHS.predict}`;
}

/** How to reach a Service, once the cluster has given it an address. */
export function serviceAccess(service: k8s.core.v1.Service): pulumi.Output<Access> {
  return pulumi.all([service.metadata, service.spec, service.status]).apply(([metadata, spec, status]) => {
    const ingress = status?.loadBalancer?.ingress?.[0];
    return access({
      name: metadata.name,
      namespace: metadata.namespace,
      port: spec.ports[0]?.port ?? 80,
      host: ingress?.hostname ?? ingress?.ip,
    });
  });
}

/** The command that brings the port of administrators to this machine: nothing else leads to it from outside. */
export function administrationForward(service: k8s.core.v1.Service): pulumi.Output<string> {
  return service.metadata.apply(({ name, namespace }) =>
    portForward({ name, namespace, port: ADMIN_PORT }, ADMIN_PORT),
  );
}

function portForward({ name, namespace, port }: ServiceAddress, localPort: number): string {
  return `kubectl --namespace ${namespace} port-forward service/${name} ${localPort}:${port}`;
}
