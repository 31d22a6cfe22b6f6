import { z } from "zod";

/** `registry`: a registry that is there already. The cluster's nodes must be able to pull from it. */
export const registrySchema = z
  .strictObject({
    /** Host, optional port and path that image names start with: `localhost:5000`, `ghcr.io/somebody`. */
    address: z
      .string()
      .regex(
        /^[a-z0-9.-]+(:\d+)?(\/[a-z0-9._/-]+)*$/,
        "must be a host and an optional path, without a scheme",
      )
      .optional(),
    username: z.string().min(1).optional(),
    password: z.string().min(1).optional(),
  })
  .refine((r) => (r.username === undefined) === (r.password === undefined), {
    path: ["password"],
    error: "must be set together with username",
  })
  .refine((r) => r.username === undefined || r.address !== undefined, {
    path: ["address"],
    error: "must be set when username is",
  });
