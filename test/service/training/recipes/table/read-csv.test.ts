import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { planTable } from "#service/training/recipes/table/plan.js";
import { readCsv } from "#service/training/recipes/table/read-csv.js";
import { tableParameters } from "#service/training/recipes/table/recipe.js";

function read(text: string) {
  return readCsv(Readable.from([text]), "the file");
}

const ROWS = Array.from({ length: 200 }, (_, row) => `${row},${row % 2 ? "a" : "b"},${row * 2}`).join("\n");
const TEXT = `n,c,y\n${ROWS}\n`;

describe("readCsv", () => {
  it("reads columns, a mark before the header, and holds a fifth out by what stands in a row", async () => {
    const table = await read(`\ufeff${TEXT}`);
    expect(table.columns.map(({ name }) => name)).toEqual(["n", "c", "y"]);
    expect(table.rows).toBe(200);
    const share = table.heldOut.filter(Boolean).length / 200;
    expect(share).toBeGreaterThan(0.1);
    expect(share).toBeLessThan(0.3);
    const more = await read(`${TEXT}1000,a,5\n`);
    expect(more.heldOut.slice(0, 200)).toEqual(table.heldOut);
  });

  it.each([
    ["", "The file has no rows below its header."],
    ["a,b\n", "the file has no rows"],
    ["a\n1\n", "has 1 columns"],
    ["a,a\n1,2\n", "a is there twice"],
    ["a,\n1,2\n", "needs a name of its own"],
    ["a,b\n1,2,3\n", "is not a table of comma-separated values"],
    ['a,b\n"1,2\n', "is not a table of comma-separated values"],
    [`a,b\n${"x".repeat(2 ** 20 + 1)},2\n`, "is not a table of comma-separated values"],
  ])("says what is wrong with %j", async (text, reason) => {
    await expect(read(text)).rejects.toThrow(new RegExp(reason, "i"));
  });
});

describe("planTable", () => {
  const plan = async (parameters: object, text = TEXT) =>
    planTable(await read(text), tableParameters.parse(parameters));

  it("tells numbers from names, and a quantity from classes", async () => {
    const { numbers, categories, target, width } = await plan({});
    expect(numbers.map(({ name }) => name)).toEqual(["n"]);
    expect(categories.map(({ name }) => name)).toEqual(["c"]);
    expect([target.task, target.name, width]).toEqual(["regression", "y", 4]);
    expect((await plan({ target: "c" })).target).toMatchObject({
      task: "classification",
      labels: ["a", "b"],
    });
    expect((await plan({ target: "c", categories: ["n"], maxCategories: 5 })).width).toBe(7);
  });

  it.each([
    [{ target: "z" }, "no column z, which the parameter target names; there are n, c, y"],
    [{ ignore: ["z"] }, "no column z, which the parameter ignore names"],
    [{ target: "y", ignore: ["y"] }, "among those to ignore"],
    [{ ignore: ["n", "c"] }, "no column to predict from"],
    [{ target: "c", task: "regression" }, "holds what is no number"],
  ])("refuses %j", async (parameters, reason) => {
    await expect(plan(parameters)).rejects.toThrow(reason);
  });

  it("refuses a target that says nothing, too few rows, and names that the graph has", async () => {
    await expect(
      plan({ task: "classification" }, "a,y\n1,2\n".padEnd(8) + "2,2\n".repeat(100)),
    ).rejects.toThrow("1 different values");
    await expect(plan({}, "a,y\n1,2\n2,3\n")).rejects.toThrow("too few");
    await expect(plan({ target: "c" }, TEXT.replace("n,c,y", "/raw,c,y"))).rejects.toThrow("rename it");
  });
});
