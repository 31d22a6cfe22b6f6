import { z } from "zod";

import { ENVIRONMENT } from "@ai-model-service/contract/environment";

const setByProgram = new Set<string>([
  ENVIRONMENT.port,
  ENVIRONMENT.host,
  ENVIRONMENT.modelRepository,
  ENVIRONMENT.shutdownDelaySeconds,
  ENVIRONMENT.shutdownGraceSeconds,
]);

const variable = z
  .string()
  .regex(/^[A-Z][A-Z0-9_]*$/, "must be named in capitals, digits and underscores")
  .refine((name) => !setByProgram.has(name), "is set by the program and cannot be set here");

const port = z.int().min(1).max(65535);

/** `service`: how the model server is reached, how it runs and how it stops. */
export const serviceSchema = z
  .strictObject({
    type: z.enum(["ClusterIP", "NodePort", "LoadBalancer"]).default("ClusterIP"),
    /** Port of the Service; the container's own port is fixed. */
    port: port.default(80),
    /** Settings of the model server by their environment variables: `service --help` lists them. */
    environment: z.record(variable, z.string()).default({}),
    /** TCP ports that replicas may connect to, for traces or a model store; none by default. */
    egressPorts: z.array(port).default([]),
    /** Seconds that a stopping replica still accepts requests, while the cluster takes it out of its Service. */
    shutdownDelaySeconds: z.int().min(0).max(300).default(5),
    /** Seconds that a stopping replica has in all, that time included, to finish the requests that it accepted. */
    shutdownGraceSeconds: z.int().min(1).max(3600).default(25),
  })
  .refine((s) => s.shutdownDelaySeconds < s.shutdownGraceSeconds, {
    path: ["shutdownDelaySeconds"],
    error: "must be less than service.shutdownGraceSeconds, which includes it",
  });
