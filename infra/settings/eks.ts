import { z } from "zod";

/** `eks`: a cluster and a registry on AWS. */
export const eks = z.strictObject({});
