import { z } from "zod";

import { keysSchema } from "./service-keys.js";
import { existingSecretSchema, variableSchema } from "./variables.js";

const port = z.int().min(1).max(65535);

export const serviceSchema = z
  .strictObject({
    type: z
      .enum(["ClusterIP", "NodePort", "LoadBalancer"])
      .default("ClusterIP")
      .describe("Type of the Kubernetes Service."),
    port: port.default(80).describe("Port of the Service; the container's own port is fixed."),
    environment: z
      .record(variableSchema, z.string())
      .default({})
      .describe(
        "Settings of the server, by their environment variables; see above. Anybody who may read pods can read them.",
      ),
    secretEnvironment: z
      .record(variableSchema, z.string())
      .default({})
      .describe(
        "The same, for values that are secret (set them with `--secret`): they are kept in a Secret, and a change restarts the replicas.",
      ),
    existingSecret: existingSecretSchema.prefault({}),
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
  .superRefine((service, context) => {
    for (const [path, name, other] of variablesSetTwice(service)) {
      context.addIssue({ code: "custom", path: [...path, name], message: `is in ${other} too` });
    }
  })
  .describe("How the model server is reached, how it runs and how it stops.");

/** Variables that two of the settings set: where, by name, and where else. */
function variablesSetTwice({
  environment,
  secretEnvironment,
  existingSecret: { keys },
}: {
  readonly environment: object;
  readonly secretEnvironment: object;
  readonly existingSecret: { readonly keys: object };
}): [path: string[], name: string, other: string][] {
  const inBoth = (path: string[], names: object, other: object, otherKey: string) =>
    Object.keys(names)
      .filter((name) => name in other)
      .map((name): [string[], string, string] => [path, name, otherKey]);
  return [
    ...inBoth(["secretEnvironment"], secretEnvironment, environment, "service.environment"),
    ...inBoth(["existingSecret", "keys"], keys, environment, "service.environment"),
    ...inBoth(["existingSecret", "keys"], keys, secretEnvironment, "service.secretEnvironment"),
  ];
}
