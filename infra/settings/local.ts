import { z } from "zod";

const port = z.int().min(1024).max(65535);

const ports = z
  .strictObject({
    api: port.default(6550).describe("The cluster's API server."),
    registry: port.default(5050).describe("The registry that the image is pushed to."),
    service: port.default(8080).describe("The service: predictions, the page, the documentation."),
    grafana: port.default(8081).describe("Grafana."),
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

export const localSchema = z
  .strictObject({
    k3sImage: z
      .string()
      .min(1)
      .default("rancher/k3s:v1.34.4-k3s1")
      .describe("The Kubernetes that runs in a container."),
    registryImage: z.string().min(1).default("registry:3").describe("The registry that runs in a container."),
    ports: ports.prefault({}).describe("Ports on 127.0.0.1."),
  })
  .describe("A cluster and a registry in Docker on this machine.");
