import { z } from "zod";

const outputs = z.object({
  endpoint: z.string(),
  grafana: z.string().optional(),
  grafanaPassword: z.string().optional(),
});

/** What a person does next, from the stack's outputs; empty if the stack has not been made. */
export function summary(found: unknown): string {
  const { data } = outputs.safeParse(found);
  if (data === undefined) {
    return "";
  }
  const { endpoint, grafana, grafanaPassword } = data;
  return [
    "",
    `Predictions    ${endpoint}/predict`,
    `Page           ${endpoint}/`,
    `API            ${endpoint}/docs`,
    ...(grafana === undefined
      ? []
      : [`Grafana        ${grafana}  (admin, ${grafanaPassword ?? "no password"})`]),
    "",
    `curl --header 'content-type: image/png' --data-binary @test/fixtures/digit-7.png ${endpoint}/predict`,
    "",
  ].join("\n");
}
