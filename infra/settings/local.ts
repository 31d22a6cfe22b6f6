import { z } from "zod";

/** `local`: a cluster and a registry in Docker on this machine. */
export const local = z.strictObject({});
