import pino from "pino";
import { describe, expect, it } from "vitest";
import type { ServedCall } from "#service/server/observe/served-call.js";
import { RequestLog } from "#service/server/observe/request-log.js";

function ended(status: number): ServedCall {
  const nothing = { parent: undefined, error: undefined, notes: undefined, spans: undefined };
  return { id: "1", method: "POST", route: "/predict", status, started: 0, ...nothing };
}

describe("the log of requests", () => {
  it("has a line a second of a flood of refusals, which counts the others", () => {
    const lines: Record<string, unknown>[] = [];
    let now = 0;
    const stream = { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) };
    const log = new RequestLog(pino({}, stream), () => now);
    for (let count = 0; count < 50; count += 1) {
      log.end(ended(503));
    }
    log.end(ended(504));
    log.end(ended(200));
    now = 1000;
    log.end(ended(503));
    expect(lines.map(({ status, unlogged }) => [status, unlogged])).toEqual([
      [503, undefined],
      [504, undefined],
      [503, 49],
    ]);
  });

  it("has every failure of the server's own", () => {
    const lines: string[] = [];
    const log = new RequestLog(pino({}, { write: (line: string) => void lines.push(line) }));
    log.end(ended(500));
    log.end(ended(500));
    expect(lines).toHaveLength(2);
  });
});
