import type { Logger } from "../observe/logger.js";
import { untestedNode } from "../node-lines.js";
import type { Ports } from "./listen.js";

/** What a person wants to know first: where the service is, and then `notes`, as warnings. */
export function announceServing(
  log: Logger,
  { host, port, adminPort }: Ports & { readonly host: string },
  facts: Readonly<Record<string, unknown>>,
  notes: readonly (string | undefined)[],
): void {
  const shownHost = ["0.0.0.0", "::", "127.0.0.1"].includes(host) ? "localhost" : host;
  const startSeconds = Math.round(performance.now()) / 1000;
  const where = adminPort === undefined ? "" : `, administrators on http://${shownHost}:${adminPort}`;
  log.info({ ...facts, startSeconds }, `serving on http://${shownHost}:${port}${where}`);
  for (const note of [...notes, untestedNode(process.versions.node)]) {
    if (note !== undefined) {
      log.warn({}, note);
    }
  }
}
