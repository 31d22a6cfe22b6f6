import { describe, expect, it } from "vitest";
import type { ToWorker } from "#service/inference/workers/worker-messages.js";
import { Relay } from "#service/inference/workers/relay.js";

/** A relay, and what it sent to each worker. */
function bench(): { relay: Relay; sent: [number, ToWorker][] } {
  const sent: [number, ToWorker][] = [];
  return { relay: new Relay((worker, message) => sent.push([worker, message])), sent };
}

const ask = { kind: "ask", id: 7, operation: "load", argument: "mnist" } as const;
function idOf(sent: [number, ToWorker][]): number {
  const message = sent[0]?.[1];
  return message?.kind === "ask" ? message.id : NaN;
}

describe("the relay", () => {
  it("asks every worker and answers the one that asked once all have", () => {
    const { relay, sent } = bench();
    relay.ask(1, ask, [1, 2]);
    expect(sent.map(([worker]) => worker)).toEqual([1, 2]);
    const id = idOf(sent);
    relay.outcome(2, id, { value: "b" });
    relay.outcome(2, id, { value: "again" });
    expect(sent).toHaveLength(2);
    const fault = { fault: { code: "model_not_found", message: "no such model" } } as const;
    relay.outcome(1, id, fault);
    expect(sent[2]).toEqual([1, { kind: "outcomes", id: 7, outcomes: [{ value: "b" }, fault] }]);
  });

  it("does not wait for a worker that is gone", () => {
    const { relay, sent } = bench();
    relay.ask(1, ask, [1, 2]);
    relay.outcome(1, idOf(sent), { value: "a" });
    relay.gone(2);
    expect(sent[2]).toEqual([1, { kind: "outcomes", id: 7, outcomes: [{ value: "a" }] }]);
  });
});
