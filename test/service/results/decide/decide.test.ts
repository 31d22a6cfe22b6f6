import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decide, probabilitiesOf } from "#service/results/decide/decide.js";
import { ResultsFixture, type Fault } from "../results-fixture.js";

describe("probabilities of outputs", () => {
  it("by softmax add up to 1, however large the outputs are", () => {
    expect(probabilitiesOf([1000, 1000], "softmax")).toEqual([0.5, 0.5]);
    expect(probabilitiesOf([-1000, 0], "softmax")).toEqual([0, 1]);
    const [a = 0, b = 0, c = 0] = probabilitiesOf([1, 2, 3], "softmax");
    expect([a, b, c].map((p) => p.toFixed(6))).toEqual(["0.090031", "0.244728", "0.665241"]);
  });

  it("by sigmoid are each by itself", () => {
    expect(probabilitiesOf([0, 1000, -1000], "sigmoid")).toEqual([0.5, 1, 0]);
  });
});

describe("a decision", () => {
  const thresholds = { accept: 0.9, review: 0.5 };
  const of = (probability: number) =>
    decide([1 - probability, probability], ["no", "yes"], 1, () => thresholds);

  it("is taken from the threshold on, and says why", () => {
    expect(of(0.9)).toMatchObject({
      label: "yes",
      decision: "accept",
      reason: 'The probability 0.9 of "yes" is at least 0.9, from which it is accepted.',
    });
    expect(of(0.8999)).toMatchObject({ decision: "review" });
    expect(decide([0.4, 0.3, 0.3], [], 1, () => thresholds)).toMatchObject({
      label: "0",
      decision: "reject",
      reason: 'The probability 0.4 of "0" is below 0.5, from which it is reviewed.',
    });
  });

  it("has the most probable labels first, of equal ones the first", () => {
    const { top } = decide([0.2, 0.3, 0.2, 0.3], [], 3, () => thresholds);
    expect(top.map(({ label }) => label)).toEqual(["1", "3", "0"]);
    expect(decide([0.1, 0.9], [], 9, () => thresholds).top).toHaveLength(2);
  });
});

describe("POST /v1/decide", () => {
  let service: ResultsFixture;
  beforeAll(async () => {
    service = await ResultsFixture.start();
  });
  afterAll(() => service.stop());

  it("decides by the thresholds of the label", async () => {
    const response = await service.post("/v1/decide", {
      outputs: [
        [0.95, 0.05],
        [0.05, 0.95],
        [0.3, 0.7],
      ],
      labels: ["cat", "dog"],
      top: 2,
      classes: { dog: { accept: 0.99 }, cat: { accept: 0.4 } },
    });
    const { results } = (await response.json()) as {
      results: { label: string; decision: string; top: unknown[] }[];
    };
    expect(results.map(({ label, decision }) => [label, decision])).toEqual([
      ["cat", "accept"],
      ["dog", "review"],
      ["dog", "review"],
    ]);
    expect(results[0]?.top).toEqual([
      { label: "cat", probability: 0.95 },
      { label: "dog", probability: 0.05 },
    ]);
  });

  it.each<[unknown, string | undefined]>([
    [{}, "outputs"],
    [{ outputs: [] }, "outputs"],
    [{ outputs: [[]] }, "outputs[0]"],
    [{ outputs: [[0.5], ["x"]] }, "outputs[1][0]"],
    ['{"outputs":[[NaN]]}', "outputs[0][0]"],
    [{ outputs: [[0.1, 3]] }, "outputs[0][1]"],
    [{ outputs: [[0.1, 0.2]], labels: ["a"] }, "outputs[0]"],
    [{ outputs: [[0.1]], labels: [] }, "outputs[0]"],
    [{ outputs: [[1]], accept: 0.4 }, "review"],
    [{ outputs: [[1]], classes: { "7": { review: 0.95 } } }, "classes.7"],
    [{ outputs: [[1]], classes: { "7": { accept: 2 } } }, "classes.7.accept"],
    [{ outputs: [[1]], top: 0 }, "top"],
    [{ outputs: [[1]], activation: "relu" }, "activation"],
    [{ outputs: [[1]], more: 1 }, undefined],
  ])("refuses %j by its path", async (body, path) => {
    const response = await service.post("/v1/decide", body);
    const fault = (await response.json()) as Fault;
    expect(response.status).toBe(400);
    expect(fault.path).toBe(path);
  });
});
