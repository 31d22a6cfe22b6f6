import { z } from "zod";

const port = z.int().min(1024).max(65535);

const ports = z
  .strictObject({
    /** The cluster's API server. */
    api: port.default(6550),
    /** The registry that the image is pushed to. */
    registry: port.default(5050),
    /** The service: predictions, the page, the documentation. */
    service: port.default(8080),
    grafana: port.default(8081),
  })
  .superRefine((all, context) => {
    const seen = new Map<number, string>();
    for (const [name, number] of Object.entries(all)) {
      const other = seen.get(number);
      if (other !== undefined) {
        context.addIssue({
          code: "custom",
          path: [name],
          message: `must not be the same port as local.ports.${other}`,
        });
      }
      seen.set(number, name);
    }
  });

/** `local`: a cluster and a registry in Docker on this machine. */
export const localSchema = z.strictObject({
  /** The Kubernetes that runs in a container. */
  k3sImage: z.string().min(1).default("rancher/k3s:v1.34.4-k3s1"),
  registryImage: z.string().min(1).default("registry:3"),
  /** Ports on 127.0.0.1. */
  ports: ports.prefault({}),
});
