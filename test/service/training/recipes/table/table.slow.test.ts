import { Readable } from "node:stream";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { startBackend } from "#service/training/recipes/library.js";
import { createTableNetwork, fitTable, predictTable } from "#service/training/recipes/table/fit.js";
import { exampleCsv } from "#service/training/recipes/table/examples.js";
import { PREDICTION, PROBABILITIES } from "#service/training/recipes/table/graph.js";
import { planTable } from "#service/training/recipes/table/plan.js";
import { readCsv } from "#service/training/recipes/table/read-csv.js";
import { tableParameters } from "#service/training/recipes/table/recipe.js";
import { trainTable } from "#service/training/recipes/table/work.js";
import type { Trained, Work } from "#service/training/recipes/recipe.js";
import { ServiceFixture } from "../../../inference/service-fixture.js";

interface Run {
  readonly trained: Trained;
  readonly epochs: number[];
  readonly kept: unknown[];
}

async function train(example: string, parameters: object, resume?: unknown): Promise<Run> {
  const epochs: number[] = [];
  const kept: unknown[] = [];
  const work: Work = {
    parameters: { ...parameters },
    data: { kind: "example", name: example },
    checkpoints: {
      read: <T>() => Promise.resolve(resume as T | undefined),
      write: (_, state) => Promise.resolve(void kept.push(structuredClone(state))),
    },
    progress: () => Promise.resolve(),
    epoch: (epoch) => void epochs.push(epoch),
  };
  return { trained: await trainTable(work), epochs, kept };
}

/** What ONNX Runtime gives for the held-out rows as a caller sends them. */
async function losses({ onnx, exam }: Trained): Promise<Float64Array> {
  const session = await InferenceSession.create(onnx);
  const feeds = exam.inputs.map(({ name, values }) => {
    const isNumbers = values instanceof Float32Array;
    const shape = [exam.rows, 1];
    return [
      name,
      isNumbers ? new Tensor("float32", values, shape) : new Tensor("string", [...values], shape),
    ];
  });
  const answer = await session.run(Object.fromEntries(feeds) as Record<string, Tensor>);
  return exam.losses(answer[exam.output]?.data as Float32Array, undefined);
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

describe("the examples", { timeout: 120_000 }, () => {
  it("fraud: is classified better than by the most frequent class, and alike by the runtime", async () => {
    const { trained, kept } = await train("fraud", { epochs: 4 });
    const { accuracy, baselineAccuracy, areaUnderCurve, loss, heldOutRows } = trained.summary as Record<
      string,
      number
    >;
    expect(accuracy).toBeGreaterThan(baselineAccuracy ?? NaN);
    expect(areaUnderCurve).toBeGreaterThan(0.85);
    expect(heldOutRows).toBeGreaterThan(1000);
    expect(mean(await losses(trained))).toBeCloseTo(loss ?? NaN, 5);
    const resumed = await train("fraud", { epochs: 4 }, kept[1]);
    expect(Buffer.from(resumed.trained.onnx).equals(trained.onnx)).toBe(true);
    expect(resumed.epochs).toEqual([1, 2, 3, 4]);
  });

  it("recommendation: is a regression on users and items, better than the mean", async () => {
    const { trained } = await train("recommendation", { epochs: 6 });
    const { determination, rootMeanSquaredError } = trained.summary as Record<string, number>;
    expect(determination).toBeGreaterThan(0.5);
    expect(Math.sqrt(mean(await losses(trained)))).toBeCloseTo(rootMeanSquaredError ?? NaN, 4);
    expect(Object.keys(trained.pictures)).toEqual(["learning-curve.png"]);
  });

  it("are the same each time", () => {
    expect(exampleCsv("fraud")).toBe(exampleCsv("fraud"));
    expect(exampleCsv("fraud").split("\n")[0]).toBe(
      "amount,hour,country,merchant,account_age_days,payments_last_day,fraud",
    );
  });
});

/** Quotes, line breaks, names of several scripts, numbers that are missing, too large or no numbers at all. */
const HARD = [
  'size,"a, b",code,kind,y',
  ...Array.from({ length: 400 }, (_, row) => {
    const size = row % 7 === 0 ? "" : row % 11 === 0 ? "NA" : row % 50 === 1 ? "1e30" : String(row / 3);
    const text = ['"x ""y"""', '"line\nbreak"', "Zoë", "", "日本"][row % 5];
    return `${size},${text},${row % 3},${row % 2 === 0 ? "-0.5" : "1e-3"},${row % 5 < 2 ? "no" : "yes"}`;
  }),
].join("\n");

/** In two, within a line. */
function piecesOf(text: string): Readable {
  return Readable.from([text.slice(0, 33), text.slice(33)]);
}

describe("a model of a table", { timeout: 120_000 }, () => {
  it.each([
    ["classes", "y", 0, PROBABILITIES],
    ["classes with a hidden layer", "y", 8, PROBABILITIES],
    ["numbers", "size", 8, PREDICTION],
  ])("gives the trainer's own numbers in the runtime: %s", async (_, target, hidden, output) => {
    const parameters = tableParameters.parse({
      target,
      hidden,
      epochs: 2,
      categories: ["code"],
      maxCategories: 3,
    });
    const table = await readCsv(piecesOf(HARD), "hard.csv");
    const plan = planTable(table, parameters);
    await startBackend();
    const network = createTableNetwork(plan, parameters);
    await fitTable(
      network,
      plan,
      parameters,
      { onProgress: async () => {}, onEpoch: async () => {} },
      undefined,
    );
    const rows = Uint32Array.from({ length: table.rows }, (_, row) => row);
    const own = predictTable(network, plan, rows);
    const { tableGraph } = await import("#service/training/recipes/table/graph.js");
    const weights = network
      .getWeights()
      .map((weight) => ({ shape: weight.shape, values: weight.dataSync<"float32">() }));
    const session = await InferenceSession.create(tableGraph(plan, weights, {}));
    const feeds = Object.fromEntries([
      ...plan.numbers.map(({ name, values }) => [name, new Tensor("float32", values, [table.rows, 1])]),
      ...plan.categories.map(({ name, texts, codes }) => [
        name,
        new Tensor(
          "string",
          codes.map((code) => texts[code] ?? ""),
          [table.rows, 1],
        ),
      ]),
    ]) as Record<string, Tensor>;
    const data = (await session.run(feeds))[output]?.data as Float32Array;
    const { mean: shift, deviation } =
      plan.target.task === "regression" ? plan.target : { mean: 0, deviation: 1 };
    expect(data).toHaveLength(own.length);
    data.forEach((value, index) => {
      const wanted = (own[index] ?? NaN) * deviation + shift;
      expect(Math.abs(value - wanted)).toBeLessThanOrEqual(1e-5 * Math.max(1, deviation));
    });
  });

  it("is served by column names, with strings, numbers that are missing and categories never seen", async () => {
    const { trained } = await train("fraud", { epochs: 2 });
    const service = await ServiceFixture.start(async (repository) => {
      await repository.putModel("fraud", "1", trained.onnx);
      await repository.putConfig("fraud", trained.config ?? {});
    });
    const risky = {
      amount: 900,
      hour: 3,
      country: "BR",
      merchant: "gift cards",
      account_age_days: 5,
      payments_last_day: 11,
    };
    const instances = [
      risky,
      {
        ...risky,
        amount: 3,
        hour: 12,
        country: "DE",
        merchant: "groceries",
        account_age_days: 1900,
        payments_last_day: 0,
      },
      { ...risky, account_age_days: null, merchant: "books, music", country: "never seen" },
    ];
    const answer = await service.post("/predict", { instances });
    const body = (await answer.json()) as { predictions: { label: string; probability: number }[] };
    expect(answer.status, JSON.stringify(body)).toBe(200);
    expect(body.predictions.map(({ label }) => label).slice(0, 2)).toEqual(["yes", "no"]);
    expect(body.predictions[2]?.probability).toBeGreaterThan(0.5);
    const index = service.engine.index();
    expect(JSON.stringify(index)).not.toMatch(/alone|not joined/);
    await service.stop();
  });
});
