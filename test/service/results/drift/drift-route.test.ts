import { afterAll, beforeAll, expect, it } from "vitest";
import { ResultsFixture, type Fault } from "../results-fixture.js";

let service: ResultsFixture;
beforeAll(async () => {
  service = await ResultsFixture.start();
  const results = Array.from({ length: 100 }, (_, index) => ({
    id: `r${index}`,
    model: "digits",
    version: index < 50 ? "1" : "2",
    label: index < 50 ? "a" : "b",
    probability: index % 2 === 0 ? 0.75 : 1,
    time: new Date(Date.parse("2026-01-01T00:00:00Z") + index * 1000).toISOString(),
  }));
  await service.put(...results, { id: "other", model: "faces", label: "c" }, { id: "bare", model: "digits" });
});
afterAll(() => service.stop());

const reference = { id: "held-out", labels: { a: 50, b: 50 }, probabilities: [0.75, 1, 0.75, 1] };

async function drift(more: object): Promise<Record<string, unknown>> {
  const response = await service.post("/v1/drift", { model: "digits", reference, ...more });
  expect(response.status).toBe(200);
  return (await response.json()) as Record<string, unknown>;
}

it("is none where the results are like the reference", async () => {
  expect(await drift({})).toMatchObject({
    reference: "held-out",
    results: 101,
    labels: {
      stabilityIndex: { value: 0, n: { reference: 100, current: 100 } },
      jensenShannon: { value: 0 },
      chiSquared: { value: 0, p: 1, degreesOfFreedom: 1 },
    },
    probabilities: { kolmogorovSmirnov: { value: 0, p: 1, n: { reference: 4, current: 100 } } },
    expectedAccuracy: { value: 0.875, n: 100 },
  });
});

it("is seen where one label is gone, of the version and the time that are asked for", async () => {
  const { labels, results } = await drift({ version: "2" });
  expect(results).toBe(50);
  expect(labels).toMatchObject({ chiSquared: { n: { reference: 100, current: 50 } } });
  const { p } = (labels as { chiSquared: { p: number } }).chiSquared;
  expect(p).toBeLessThan(1e-6);
  expect(await drift({ to: "2026-01-01T00:00:10Z" })).toMatchObject({ results: 10 });
});

it("of nothing is told as such", async () => {
  const report = await drift({ model: "none" });
  expect(report).toMatchObject({ results: 0, labels: { chiSquared: { p: 1, n: { current: 0 } } } });
  expect(report).not.toHaveProperty("expectedAccuracy");
});

it("leaves out what the reference does not have", async () => {
  const report = await drift({ reference: { id: "bare" } });
  expect(Object.keys(report).sort()).toEqual(["expectedAccuracy", "reference", "results"]);
});

it.each<[object, string | undefined]>([
  [{}, "model"],
  [{ model: "m" }, "reference"],
  [{ model: "m", reference: {} }, "reference.id"],
  [{ model: "m", reference: { id: "r", labels: { a: -1 } } }, "reference.labels.a"],
  [{ model: "m", reference: { id: "r", probabilities: [0.5, 2] } }, "reference.probabilities[1]"],
  [{ model: "m", from: "today", reference: { id: "r" } }, "from"],
])("refuses %j by its path", async (body, path) => {
  const response = await service.post("/v1/drift", body);
  expect(response.status).toBe(400);
  expect(((await response.json()) as Fault).path).toBe(path);
});
