import { z } from "zod";

import { ENVIRONMENT } from "@ai-model-service/contract/environment";

import { keysSchema } from "./service-keys.js";

const ofKeys = new Set<string>([ENVIRONMENT.apiKeys, ENVIRONMENT.adminApiKeys, ENVIRONMENT.apiKeysFile]);

const setByProgram = new Set<string>([
  ENVIRONMENT.port,
  ENVIRONMENT.adminPort,
  ENVIRONMENT.host,
  ENVIRONMENT.modelRepository,
  ENVIRONMENT.shutdownDelaySeconds,
  ENVIRONMENT.shutdownGraceSeconds,
]);

const variable = z
  .string()
  .regex(/^[A-Z][A-Z0-9_]*$/, "must be named in capitals, digits and underscores")
  .refine((name) => !setByProgram.has(name), "is set by the program and cannot be set here")
  .refine((name) => !ofKeys.has(name), "would be plain to see here: set service.keys");

const port = z.int().min(1).max(65535);

export const serviceSchema = z
  .strictObject({
    type: z
      .enum(["ClusterIP", "NodePort", "LoadBalancer"])
      .default("ClusterIP")
      .describe("Type of the Kubernetes Service."),
    port: port.default(80).describe("Port of the Service; the container's own port is fixed."),
    environment: z
      .record(variable, z.string())
      .default({})
      .describe(
        "Settings of the server, by their environment variables; see above. Anybody who may read pods can read them.",
      ),
    secretEnvironment: z
      .record(variable, z.string())
      .default({})
      .describe(
        "The same, for values that are secret (set them with `--secret`): they are kept in a Secret, and a change restarts the replicas.",
      ),
    keys: keysSchema
      .default([])
      .describe(
        "Keys of callers and administrators, each with `name`, `key` (set it with `--secret`), `role` (`predict` or `admin`) and, if it is bounded, `requestsPerSecond` and `concurrency` in each replica; without any, predictions are open to all.",
      ),
    egressPorts: z
      .array(port)
      .default([])
      .describe("TCP ports that replicas may connect to, for traces or a model store; none by default."),
    startSeconds: z
      .int()
      .min(30)
      .max(3600)
      .default(300)
      .describe(
        "Seconds that a new replica may take to pull its image and load its models; a rollout that takes longer has failed.",
      ),
    shutdownDelaySeconds: z
      .int()
      .min(0)
      .max(300)
      .default(5)
      .describe(
        "Seconds that a stopping replica still accepts requests, while the cluster takes it out of its Service.",
      ),
    shutdownGraceSeconds: z
      .int()
      .min(1)
      .max(3600)
      .default(25)
      .describe(
        "Seconds that a stopping replica has in all, that time included, to finish the requests that it accepted.",
      ),
  })
  .refine((s) => s.shutdownDelaySeconds < s.shutdownGraceSeconds, {
    path: ["shutdownDelaySeconds"],
    error: "must be less than service.shutdownGraceSeconds, which includes it",
  })
  .superRefine(({ environment, secretEnvironment }, context) => {
    for (const name of Object.keys(secretEnvironment).filter((each) => each in environment)) {
      context.addIssue({
        code: "custom",
        path: ["secretEnvironment", name],
        message: "is in service.environment too",
      });
    }
  })
  .describe("How the model server is reached, how it runs and how it stops.");
