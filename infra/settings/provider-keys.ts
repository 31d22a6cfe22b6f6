import type { z } from "zod";

import { fullKey } from "./keys.js";
import type { Settings } from "./settings.js";

/** What is to be used instead of a provider's own configuration, by its namespace; none is for those that are handed on. */
const INSTEAD: Readonly<Record<string, (settings: Settings) => string | undefined>> = {
  aws: ({ cluster }) => (cluster === "eks" ? undefined : `applies only where ${fullKey("cluster")} is eks`),
  kubernetes: ({ cluster }) =>
    cluster === "existing"
      ? `is not taken; use ${fullKey("existing.kubeconfig")} and ${fullKey("existing.context")}`
      : `is not taken, since the program makes the cluster where ${fullKey("cluster")} is ${cluster}`,
  docker: () => "is not taken; use the variable DOCKER_HOST or a context of the Docker CLI",
  random: () => "is not taken",
};

/**
 * A fault for every key of a provider's namespace that nothing would look at: the program sets its providers up itself, and
 * whoever wrote the key believes that it does something.
 */
export function unusedProviderKeys(
  record: Readonly<Record<string, string>>,
  settings: Settings,
): z.core.$ZodIssueCustom[] {
  return Object.keys(record).flatMap((key) => {
    const message = INSTEAD[key.slice(0, key.indexOf(":"))]?.(settings);
    return message === undefined ? [] : [{ code: "custom", path: [key], message, input: undefined }];
  });
}
