import { describe, expect, it } from "vitest";
import { storeFault } from "#service/models/store/store-fault.js";

describe("a fault of the model store", () => {
  it.each([
    [
      Object.assign(new Error("x"), { code: "ECONNREFUSED" }),
      "The model store does not answer (ECONNREFUSED).",
    ],
    [new DOMException("The transfer was cut.", "AbortError"), "The model store does not answer."],
    [Object.assign(new Error("x"), { name: "TimeoutError" }), "The model store does not answer."],
  ])("is told in words that a person knows", (error, sentence) => {
    expect(storeFault(error)).toBe(sentence);
  });
});
