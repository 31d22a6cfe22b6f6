import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ElementType } from "#service/onnx/element-type.js";
import { toFloat16 } from "#service/tensors/float16.js";
import { identity } from "../../../../models/index.js";
import { quadrantsConfig } from "../../../../models/pictures.js";
import { ServiceFixture } from "../../service-fixture.js";

const { preprocess } = quadrantsConfig;
function halves(...values: number[]): Uint16Array {
  return Uint16Array.from(values, toFloat16);
}

/** By datatype: three values, as bytes and as the answer has them. */
const CASES: [string, ElementType, ArrayBufferView, unknown[]][] = [
  ["BOOL", "BOOL", Uint8Array.of(1, 0, 1), [true, false, true]],
  ["UINT8", "UINT8", Uint8Array.of(0, 7, 255), [0, 7, 255]],
  ["INT8", "INT8", Int8Array.of(-128, 0, 127), [-128, 0, 127]],
  ["UINT16", "UINT16", Uint16Array.of(0, 258, 65_535), [0, 258, 65_535]],
  ["INT16", "INT16", Int16Array.of(-32_768, 0, 258), [-32_768, 0, 258]],
  ["UINT32", "UINT32", Uint32Array.of(0, 1, 2 ** 32 - 1), [0, 1, 2 ** 32 - 1]],
  ["INT32", "INT32", Int32Array.of(-(2 ** 31), 0, 1), [-(2 ** 31), 0, 1]],
  ["UINT64", "UINT64", BigUint64Array.of(0n, 1n, 2n), [0, 1, 2]],
  ["INT64", "INT64", BigInt64Array.of(-1n, 0n, 1n), [-1, 0, 1]],
  ["FP16", "FLOAT16", halves(-0.5, 0, 1.5), [-0.5, 0, 1.5]],
  ["FP32", "FLOAT", Float32Array.of(-0.5, 0, 1.5), [-0.5, 0, 1.5]],
  ["FP64", "DOUBLE", Float64Array.of(-0.5, 0, 0.1), [-0.5, 0, 0.1]],
];

let service: ServiceFixture;

beforeAll(async () => {
  service = await ServiceFixture.start(async (repository) => {
    for (const [datatype, type] of CASES) {
      await repository.putModel(datatype, "1", identity(type));
    }
    await repository.putModel("BYTES", "1", identity("STRING"));
    await repository.putModel("number", "1", identity("INT16", []));
    await repository.putModel("line", "1", identity("INT16", [1, "L"]));
    await repository.putModel("table", "1", identity("INT16", ["N", "L"]));
    for (const type of ["UINT8", "FLOAT16", "FLOAT"] as const) {
      await repository.putModel(`picture-${type}`, "1", identity(type, ["N", 16]));
      await repository.putConfig(`picture-${type}`, {
        preprocess: type === "UINT8" ? { ...preprocess, scale: 1 } : preprocess,
      });
    }
  });
});
afterAll(() => service.stop());

async function send(model: string, data: ArrayBufferView, query = ""): Promise<unknown> {
  const body = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const response = await service.post(`/predict?model=${model}${query}`, body, {
    "content-type": "application/octet-stream",
  });
  const answer = (await response.json()) as {
    predictions?: unknown;
    outputs?: unknown;
    error?: string;
  };
  return answer.predictions ?? answer.outputs ?? [response.status, answer.error];
}

describe.each(CASES)("raw bytes of %s", (datatype, _, data, expected) => {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);

  it("are rows, little-endian", async () => {
    expect(await send(datatype, data)).toEqual([expected]);
    expect(await send(datatype, Buffer.concat([bytes, bytes]))).toEqual([expected, expected]);
    expect(await send(datatype, data, `&datatype=${datatype}`)).toEqual([expected]);
  });

  it("are refused with the size of a row", async () => {
    const size = bytes.length;
    expect(await send(datatype, Buffer.concat([bytes, bytes.subarray(1)]))).toEqual([
      400,
      `The body has ${2 * size - 1} bytes; a row of 3 ${datatype} values is ${size} bytes.`,
    ]);
    const other = datatype === "FP32" ? "UINT8" : "FP32";
    expect(await send(datatype, data, `&datatype=${other}`)).toEqual([
      400,
      `The parameter datatype must be ${datatype} for input input.`,
    ]);
  });
});

describe("raw bytes of other shapes", () => {
  it("are one number, or a line of any length", async () => {
    expect(await send("number", Int16Array.of(-7))).toEqual({ output: -7 });
    expect(await send("number", Int16Array.of(-7, 1))).toEqual([
      400,
      "body has 4 bytes; 1 values of INT16 are 2 bytes.",
    ]);
    expect(await send("line", Int16Array.of(1, 2, 3, 4, 5))).toEqual([[1, 2, 3, 4, 5]]);
    expect(await send("line", Uint8Array.of(1, 2, 3))).toEqual([
      400,
      "The body has 3 bytes; a row of 1 times 1 INT16 values is 2 bytes.",
    ]);
  });

  it.each(["table", "BYTES"])("are refused where they tell no shape: %s", async (model) => {
    expect(await send(model, Uint8Array.of(1, 2))).toEqual([415, expect.stringContaining("tell no shape")]);
  });
});

describe("raw bytes of a picture", () => {
  const pixels = Uint8Array.from({ length: 16 }, (_, index) => index * 17);
  const scaled = Array.from(pixels, (pixel) => expect.closeTo(pixel / 255, 3) as number);

  it("are pixels for a model of UINT8", async () => {
    expect(await send("picture-UINT8", Buffer.concat([pixels, pixels]))).toEqual([[...pixels], [...pixels]]);
    expect(await send("picture-UINT8", pixels, "&datatype=FP32")).toEqual([
      400,
      "The parameter datatype must be UINT8 for input input.",
    ]);
  });

  it.each<[string, string, ArrayBufferView]>([
    ["FLOAT16", "FP16", halves(...Array.from(pixels, (pixel) => pixel / 255))],
    ["FLOAT", "FP32", Float32Array.from(pixels, (pixel) => pixel / 255)],
  ])("are pixels or values for a model of %s", async (type, datatype, values) => {
    const model = `picture-${type}`;
    expect(await send(model, pixels)).toEqual([scaled]);
    expect(await send(model, Buffer.concat([pixels, pixels, pixels]))).toEqual([scaled, scaled, scaled]);
    expect(await send(model, values)).toEqual([scaled]);
    const own = Buffer.from(values.buffer);
    expect(await send(model, Buffer.concat([own, own]))).toEqual([
      400,
      expect.stringContaining(`2 of ${datatype}`),
    ]);
    expect(await send(model, Buffer.concat([own, own]), `&datatype=${datatype}`)).toEqual([scaled, scaled]);
    expect(await send(model, Buffer.concat([pixels, pixels]), "&datatype=UINT8")).toEqual([scaled, scaled]);
    expect(await send(model, own.subarray(1), `&datatype=${datatype}`)).toEqual([
      400,
      expect.stringContaining(`a row of 16 ${datatype} values is ${own.length} bytes.`),
    ]);
  });

  it("are refused if a half is no finite number", async () => {
    const values = halves(...Array.from({ length: 15 }, () => 65_504), Infinity);
    expect(await send("picture-FLOAT16", values)).toEqual([
      400,
      "Value 15 of the body is not a finite number.",
    ]);
  });
});
