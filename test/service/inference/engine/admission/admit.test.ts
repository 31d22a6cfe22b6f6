import { describe, expect, it } from "vitest";
import { admit, type Load } from "#service/inference/engine/admission/admit.js";

const LOAD: Load = { queuedRows: 6, runningRows: 4, queueLimitRows: 8, waitMilliseconds: 2500 };

describe("admission", () => {
  it("takes what fits into the queue", () => {
    expect(() => admit(2, LOAD, undefined, 0)).not.toThrow();
  });

  it("refuses what does not, with the reason and when to try again", () => {
    expect(() => admit(3, LOAD, undefined, 0)).toThrow(
      expect.objectContaining({
        code: "queue_full",
        status: 503,
        message: "The queue is full: 6 of 8 rows are waiting.",
        retryAfterSeconds: 3,
      }),
    );
  });

  it("takes a large request that waits alone", () => {
    expect(() => admit(100, { ...LOAD, queuedRows: 0 }, undefined, 0)).not.toThrow();
  });

  it("refuses at once what cannot be run before its deadline", () => {
    expect(() => admit(1, LOAD, 5000, 2501)).toThrow(
      expect.objectContaining({ code: "deadline_unreachable", status: 503, retryAfterSeconds: 1 }),
    );
    expect(() => admit(1, LOAD, 5000, 2500)).not.toThrow();
  });

  it("refuses a deadline that has passed already", () => {
    expect(() => admit(1, LOAD, 100, 100)).toThrow(
      expect.objectContaining({ code: "deadline_exceeded", status: 504 }),
    );
  });
});
