import { describe, expect, it } from "vitest";
import { readNested } from "#service/tensors/from-json.js";
import { fromFloat16 } from "#service/tensors/float16.js";
import { LongList } from "#service/server/http/long-list.js";
import { nestedShape, under } from "#service/tensors/shape.js";
import type { Datatype, TensorData } from "#service/tensors/datatypes.js";

function read(values: unknown, datatype: Datatype): Promise<TensorData> {
  const locate = under("data");
  return readNested(values, nestedShape(values, locate), { name: "ids", datatype }, locate);
}

/** An error about the value at `path`, which its message names. */
function faultAt(path: string): unknown {
  const message: unknown = expect.stringContaining(path);
  return expect.objectContaining({ code: "invalid_input", path, message });
}

describe("nested arrays", () => {
  it("are read row by row, however deep", async () => {
    const values = [
      [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
      [
        [7, 8],
        [9, 10],
        [11, 12],
      ],
    ];
    expect(await read(values, "FP64")).toEqual(Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12));
  });

  it("may be one value, or hold none", async () => {
    expect(await read(7, "INT32")).toEqual(Int32Array.of(7));
    expect(await read([], "INT32")).toEqual(new Int32Array(0));
    expect(await read([[], []], "BYTES")).toEqual([]);
  });

  it.each([
    ["a row that is shorter", [[1, 2], [3]], "data[1]"],
    [
      "a row that is longer",
      [
        [1, 2],
        [3, 4, 5],
      ],
      "data[1]",
    ],
    ["a value for a row", [[1, 2], 3], "data[1]"],
    [
      "null for a row",
      [
        [[1], [2]],
        [[3], null],
      ],
      "data[1][1]",
    ],
    [
      "a row for a value",
      [
        [1, 2],
        [3, [4]],
      ],
      "data[1][1]",
    ],
  ])("are refused with %s, which the error names", async (_, values, path) => {
    await expect(read(values, "FP32")).rejects.toThrow(faultAt(path));
  });
});

/** By datatype: values at the ends of what it takes, what they become, and values that it refuses. */
const CASES: [Datatype, unknown[], TensorData, unknown[]][] = [
  ["BOOL", [true, false, 1, 0], Uint8Array.of(1, 0, 1, 0), [2, "true", null, 0.5]],
  ["UINT8", [0, 255], Uint8Array.of(0, 255), [-1, 256, 1.5, "1", true]],
  ["INT8", [-128, 127], Int8Array.of(-128, 127), [-129, 128]],
  ["UINT16", [0, 65_535], Uint16Array.of(0, 65_535), [-1, 65_536]],
  ["INT16", [-32_768, 32_767], Int16Array.of(-32_768, 32_767), [-32_769, 32_768]],
  ["UINT32", [0, 4_294_967_295], Uint32Array.of(0, 4_294_967_295), [-1, 4_294_967_296]],
  ["INT32", [-(2 ** 31), 2 ** 31 - 1], Int32Array.of(-(2 ** 31), 2 ** 31 - 1), [-(2 ** 31) - 1, 2 ** 31]],
  [
    "INT64",
    [-1, 9_007_199_254_740_993n, "-9223372036854775808", "9223372036854775807"],
    BigInt64Array.of(-1n, 9_007_199_254_740_993n, -(2n ** 63n), 2n ** 63n - 1n),
    [2 ** 53, 1.5, "9223372036854775808", "0x10", "1e3", "", true],
  ],
  [
    "UINT64",
    [0, "18446744073709551615"],
    BigUint64Array.of(0n, 2n ** 64n - 1n),
    [-1, "-1", "18446744073709551616", 2 ** 64],
  ],
  ["FP32", [0.5, -3e38], Float32Array.of(0.5, -3e38), [1e39, -1e39, Infinity, "1", "nan", true, 1n]],
  ["FP64", [0.1, -1e308], Float64Array.of(0.1, -1e308), [Infinity, NaN, "1", ""]],
  ["BYTES", ["", "\u00fcber \u{1f600}"], ["", "\u00fcber \u{1f600}"], [1, null, "a\0b", "\ud800"]],
];

describe.each(CASES)("%s", (datatype, values, data, refused) => {
  it("takes all that it can hold, exactly", async () => {
    expect(await read(values, datatype)).toEqual(data);
  });

  it.each(refused)("refuses %s, and says where it is", async (value) => {
    const [good] = values;
    await expect(
      read(
        [
          [good, good],
          [good, value],
        ],
        datatype,
      ),
    ).rejects.toThrow(faultAt("data[1][1]"));
  });
});

describe("FP16", () => {
  it("takes what is nearest to a half float, up to the largest", async () => {
    const halves = (await read([1.5, -65_504, 65_519], "FP16")) as Uint16Array;
    expect([...halves].map(fromFloat16)).toEqual([1.5, -65_504, 65_504]);
    await expect(read([65_520], "FP16")).rejects.toThrow(faultAt("data[0]"));
  });
});

describe("missing values and infinities", () => {
  const given = [null, "NaN", "Infinity", "-Infinity", "\0NaN", "\0-Infinity", 1];
  const expected = [NaN, NaN, Infinity, -Infinity, NaN, -Infinity, 1];

  it.each(["FP32", "FP64"] as const)("are taken as %s", async (datatype) => {
    expect([...((await read(given, datatype)) as Float64Array)]).toEqual(expected);
  });

  it("are taken as FP16", async () => {
    expect([...((await read(given, "FP16")) as Uint16Array)].map(fromFloat16)).toEqual(expected);
  });

  it.each(["INT8", "INT64", "UINT64", "BOOL", "BYTES"] as const)("are refused as %s", async (datatype) => {
    const one = datatype === "BYTES" ? "1" : 1;
    for (const [value, shown] of [
      [null, "null"],
      ["\0NaN", "is NaN,"],
      ["\0-Infinity", "is -Infinity,"],
    ]) {
      await expect(read([one, value], datatype)).rejects.toThrow(faultAt("data[1]"));
      await expect(read([one, value], datatype)).rejects.toThrow(shown ?? "");
    }
  });
});

describe("arrays that claim to be more than they are", () => {
  const claimed = Array<unknown>(20_000).fill(1);

  it("are refused before there is memory for them", async () => {
    // 400 million values, of which one row and numbers in place of the others are there.
    await expect(read([claimed, ...claimed.slice(1)], "FP32")).rejects.toThrow(faultAt("data[1]"));
    await expect(read([claimed, ...claimed.slice(1)], "BYTES")).rejects.toThrow(faultAt("data[1]"));
    const rows = [claimed, ...claimed.slice(1).map(() => [])];
    await expect(read(Array<unknown>(20_000).fill(rows), "FP64")).rejects.toThrow(faultAt("data[0][1]"));
  });
});

it("More texts than the runtime is given at once are refused", async () => {
  await expect(read(Array<string>(100_001).fill("a"), "BYTES")).rejects.toThrow(/100001 texts.*100000/);
  expect(await read(Array<string>(100_000).fill("a"), "BYTES")).toHaveLength(100_000);
});

describe("a list in parts", () => {
  it("is read as one list", async () => {
    const list = new LongList([1, 2]);
    list.add([]);
    list.add([3]);
    expect(await read([list, [4, 5, 6]], "INT8")).toEqual(Int8Array.of(1, 2, 3, 4, 5, 6));
    list.add(["four"]);
    await expect(read(list, "INT8")).rejects.toThrow(faultAt("data[3]"));
    await expect(read([list, [1]], "FP32")).rejects.toThrow(faultAt("data[1]"));
  });
});

describe("an error", () => {
  it("shows what it found, but no whole document", async () => {
    await expect(read([1, "two"], "FP32")).rejects.toThrow(/"two"/);
    await expect(read([1, { secret: 1 }], "FP32")).rejects.toThrow(/^(?!.*secret).*an object/i);
    await expect(read([1, "x".repeat(1000)], "FP32")).rejects.toThrow(/^(?!.*xx).*1000 characters/i);
  });

  it("names the input and what it takes", async () => {
    await expect(read([1, null], "INT8")).rejects.toThrow(
      "data[1] is null, which is not a whole number from -128 to 127: input ids is INT8.",
    );
  });

  it("says how many values were expected", async () => {
    await expect(read([[1, 2], [3]], "FP32")).rejects.toThrow(/1 values? .*2 values/i);
  });
});
