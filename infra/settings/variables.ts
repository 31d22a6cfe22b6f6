import { z } from "zod";

import { ENVIRONMENT } from "@ai-model-service/contract/environment";

const ofKeys = new Set<string>([ENVIRONMENT.apiKeys, ENVIRONMENT.adminApiKeys, ENVIRONMENT.apiKeysFile]);

const setByProgram = new Set<string>([
  ENVIRONMENT.port,
  ENVIRONMENT.adminPort,
  ENVIRONMENT.host,
  ENVIRONMENT.modelRepository,
  ENVIRONMENT.modelCache,
  ENVIRONMENT.shutdownDelaySeconds,
  ENVIRONMENT.shutdownGraceSeconds,
]);

/** Name of an environment variable that a person may set for the server. */
export const variableSchema = z
  .string()
  .regex(/^[A-Z][A-Z0-9_]*$/, "must be named in capitals, digits and underscores")
  .refine((name) => !setByProgram.has(name), "is set by the program and cannot be set here")
  .refine((name) => !ofKeys.has(name), "would be plain to see here: set service.keys");

/** A Secret that somebody else keeps in the namespace. */
export const existingSecretSchema = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/, "must be the name of a Secret")
      .optional()
      .describe(
        "Name of a Secret in the namespace that somebody else keeps, whose keys become variables of the server. A change of it reaches replicas that start after it, and starts none: `kubectl rollout restart deployment/inference` does.",
      ),
    keys: z
      .record(
        variableSchema,
        z.string().regex(/^[\w.-]{1,253}$/, "must be a key of a Secret: letters, digits and _ . -"),
      )
      .default({})
      .describe(
        "Which variable is which key of that Secret. Without any, every key whose name a variable can have is one; what the program or the other two settings set wins over it.",
      ),
  })
  .refine(({ name, keys }) => name !== undefined || Object.keys(keys).length === 0, {
    path: ["name"],
    error: "must be set when service.existingSecret.keys is",
  });
