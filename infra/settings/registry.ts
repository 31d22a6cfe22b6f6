import { z } from "zod";

export const registrySchema = z
  .strictObject({
    address: z
      .string()
      .regex(
        /^[a-z0-9.-]+(:\d+)?(\/[a-z0-9._/-]+)*$/,
        "must be a host and an optional path, without a scheme",
      )
      .optional()
      .describe(
        "Host, optional port and path that image names start with: `localhost:5000`, `ghcr.io/somebody`.",
      ),
    username: z
      .string()
      .min(1)
      .optional()
      .describe("User that the program pushes as, and that nodes pull as where `pullSecret` names no other."),
    password: z.string().min(1).optional().describe("That user's password; set it with `--secret`."),
    pullSecret: z
      .string()
      .regex(/^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/, "must be the name of a Secret")
      .optional()
      .describe(
        "Name of a Secret of type kubernetes.io/dockerconfigjson that nodes pull with; somebody else puts it into the namespace.",
      ),
  })
  .refine((r) => (r.username === undefined) === (r.password === undefined), {
    path: ["password"],
    error: "must be set together with username",
  })
  .refine((r) => r.username === undefined || r.address !== undefined, {
    path: ["address"],
    error: "must be set when username is",
  })
  .describe("A registry that is there already. The cluster's nodes must be able to pull from it.");
