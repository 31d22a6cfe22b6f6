import type * as k8s from "@pulumi/kubernetes";

import type { Port, Workload } from "./workload.js";

type ServiceSpec = k8s.types.input.core.v1.ServiceSpec;

/** The Service in front of a workload: every port under its name, but for the administrators'. */
export function serviceSpec({
  serviceType,
  selector,
  ports,
  administration,
}: Pick<Workload, "serviceType" | "selector" | "ports" | "administration">): ServiceSpec {
  return {
    type: serviceType,
    selector,
    ports: ports.filter(({ name }) => name !== administration.port).map(servicePort),
  };
}

/** The Service that administrators and Prometheus use: reached from inside of the cluster alone, whatever the other is. */
export function administrationSpec({
  selector,
  ports,
  administration,
}: Pick<Workload, "selector" | "ports" | "administration">): ServiceSpec {
  return {
    type: "ClusterIP",
    selector,
    ports: ports.filter(({ name }) => name === administration.port).map(servicePort),
  };
}

/** Name of that Service. */
export function administrationName({ name }: Pick<Workload, "name">): string {
  return `${name}-admin`;
}

function servicePort({ name, service }: Port) {
  return { name, port: service, targetPort: name };
}
