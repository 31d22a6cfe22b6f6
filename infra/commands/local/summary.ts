import { z } from "zod";

import { PAGES, PATHS } from "@ai-model-service/contract/http";

import { predictionCall } from "../../exposure/access.js";

const outputsSchema = z.object({
  endpoint: z.string(),
  grafana: z.string().optional(),
  grafanaPassword: z.string().optional(),
});

/** What a person does next, from the stack's outputs; empty if the stack has not been made. */
export function summary(found: unknown): string {
  const { data } = outputsSchema.safeParse(found);
  if (data === undefined) {
    return "";
  }
  const { endpoint, grafana, grafanaPassword } = data;
  return [
    "",
    `Predictions    ${endpoint}${PATHS.predict}`,
    `Page           ${endpoint}${PAGES.home}`,
    `API            ${endpoint}${PAGES.docs}`,
    ...(grafana === undefined
      ? []
      : [`Grafana        ${grafana}  (admin, ${grafanaPassword ?? "no password"})`]),
    "",
    predictionCall(endpoint, "test/fixtures/digit-7.png"),
    "",
  ].join("\n");
}
