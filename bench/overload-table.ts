import { machineText, type Machine } from "./machine.js";
import type { Overload, OverloadPoint } from "./overload.js";
import { milliseconds, table, whole } from "./table.js";

function pointRow(
  { title, seconds }: { title: string; seconds: number },
  { factor, load }: OverloadPoint,
): string[] {
  const perSecond = (count: number): string => whole(count / seconds);
  return [
    title,
    `${factor}×`,
    perSecond(load.scheduled),
    perSecond(load.succeeded),
    perSecond(load.refused),
    perSecond(load.failed - load.refused),
    milliseconds(load.answeredP50 ?? undefined),
    milliseconds(load.answeredP99 ?? undefined),
  ];
}

/** What becomes of requests at loads up to ten times what each server carries, as Markdown. */
export function overloadReport(machine: Machine, seconds: number, servers: readonly Overload[]): string {
  const carried = servers.map(({ title, capacity }) => `${title} ${whole(capacity)}/s`).join(", ");
  return [
    `Measured by \`npm run bench -- --section overload\` on ${machineText(machine)}: a model that takes some ` +
      `milliseconds a row and gains nothing by batches, Poisson arrivals for ${seconds} s each, default settings. ` +
      `What each carries in a closed loop: ${carried}. Times from the scheduled arrival; unanswered 2 s after the last.`,
    table(
      [
        "server",
        "load",
        "offered/s",
        "answered/s",
        "refused (503)/s",
        "unanswered/s",
        "p50 of the answered, ms",
        "p99 of the answered, ms",
      ],
      servers.flatMap(({ title, points }) => points.map((point) => pointRow({ title, seconds }, point))),
    ),
  ].join("\n\n");
}
