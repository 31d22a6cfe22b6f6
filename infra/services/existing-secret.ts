import { ENVIRONMENT } from "@ai-model-service/contract/environment";
import { ADMIN_PORT, SERVICE_PORT } from "@ai-model-service/contract/http";
import { MODEL_REPOSITORY } from "@ai-model-service/contract/image";

import type { Settings } from "../settings/settings.js";
import type { Workload } from "../workload/workload.js";

/** What the image sets of itself: a Secret that is taken whole could change it, but for what the pod says. */
const OF_IMAGE = {
  [ENVIRONMENT.host]: "0.0.0.0",
  [ENVIRONMENT.port]: String(SERVICE_PORT),
  [ENVIRONMENT.adminPort]: String(ADMIN_PORT),
  [ENVIRONMENT.modelRepository]: MODEL_REPOSITORY,
};

/** The variables that come from a Secret that somebody else keeps: those that are named, else all that it has. */
export function existingSecret({
  name,
  keys,
}: Settings["service"]["existingSecret"]): Pick<Workload, "environment" | "secrets" | "secretsInFull"> {
  const named = Object.entries(keys);
  if (name === undefined) {
    return { environment: {}, secrets: {} };
  }
  return named.length === 0
    ? { environment: OF_IMAGE, secrets: {}, secretsInFull: [name] }
    : {
        environment: {},
        secrets: Object.fromEntries(named.map(([variable, key]) => [variable, { secret: name, key }])),
      };
}
