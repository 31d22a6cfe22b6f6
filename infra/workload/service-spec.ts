import type * as k8s from "@pulumi/kubernetes";

import type { Workload } from "./workload.js";

/** The Service in front of a workload: every port under its name. */
export function serviceSpec({
  serviceType,
  selector,
  ports,
}: Pick<Workload, "serviceType" | "selector" | "ports">): k8s.types.input.core.v1.ServiceSpec {
  return {
    type: serviceType,
    selector,
    ports: ports.map(({ name, service }) => ({ name, port: service, targetPort: name })),
  };
}
