import { InferenceSession, Tensor } from "onnxruntime-node";
import { toOnnx } from "#service/inference/engine/session/onnx-values.js";
import { describe, expect, it } from "vitest";

import {
  add,
  broken,
  fixedBatch,
  identity,
  labelEncoder,
  slow,
  sumOfRow,
  textClassifier,
  truncated,
  upperCase,
} from "../../models/index.js";

async function run(bytes: Uint8Array, feeds: Record<string, Tensor>): Promise<Record<string, Tensor>> {
  const session = await InferenceSession.create(bytes);
  const outputs = await session.run(feeds);
  await session.release();
  return outputs;
}

function row(values: number[], shape: number[]) {
  return new Tensor("float32", values, shape);
}

describe("encoded models run in ONNX Runtime", () => {
  it("passes every element type through", async () => {
    const tensors = [
      ["FLOAT", new Tensor("float32", [1.5, -2, 3])],
      ["DOUBLE", new Tensor("float64", [1.5, -2, 3])],
      ["UINT8", new Tensor("uint8", [0, 1, 255])],
      ["INT8", new Tensor("int8", [-128, 1, 127])],
      ["UINT16", new Tensor("uint16", [0, 1, 65535])],
      ["INT16", new Tensor("int16", [-32768, 1, 2])],
      ["INT32", new Tensor("int32", [-1, 1, 2])],
      ["UINT32", new Tensor("uint32", [1, 2, 4294967295])],
      ["INT64", new Tensor("int64", [-1n, 1n, 2n ** 62n])],
      ["UINT64", new Tensor("uint64", [0n, 1n, 2n ** 63n])],
      ["BOOL", new Tensor("bool", [true, false, true])],
      ["STRING", new Tensor("string", ["a", "ä", ""])],
    ] as const;
    for (const [elementType, flat] of tensors) {
      const input = flat.reshape([1, 3]);
      const { output } = await run(identity(elementType), { input });
      expect(output?.data, elementType).toEqual(input.data);
    }
    const bits = Uint16Array.of(0, 15360, 31743);
    const half = toOnnx({ datatype: "FP16", shape: [1, 3], data: bits });
    const { output } = await run(identity("FLOAT16"), { input: half });
    // A Uint16Array, or a Float16Array where Node.js has one.
    const { buffer, byteOffset } = output?.data as Uint16Array;
    expect(new Uint16Array(buffer, byteOffset, 3)).toEqual(bits);
  });

  it("adds and subtracts two inputs", async () => {
    const outputs = await run(add(), { a: row([1, 2, 3, 4], [1, 4]), b: row([1, 1, 1, 1], [1, 4]) });
    expect(outputs.sum?.data).toEqual(Float32Array.from([2, 3, 4, 5]));
    expect(outputs.difference?.data).toEqual(Float32Array.from([0, 1, 2, 3]));
  });

  it("regresses over rows of any length", async () => {
    const outputs = await run(sumOfRow(), { features: row([1, 2, 3, 4, 5, 6], [2, 3]) });
    expect(outputs.prediction?.dims).toEqual([2, 1]);
    expect(outputs.prediction?.data).toEqual(Float32Array.from([13, 31]));
  });

  it("takes exactly the rows of a fixed batch", async () => {
    const outputs = await run(fixedBatch(), { input: row([0, 1, 2, 3, 4, 5, 6, 7], [4, 2]) });
    expect(outputs.output?.data).toEqual(Float32Array.from([1, 2, 3, 4, 5, 6, 7, 8]));
    await expect(run(fixedBatch(), { input: row([0, 1], [1, 2]) })).rejects.toThrow(/invalid dimensions/i);
  });

  it("keeps each row's value through a chain of averages", async () => {
    const outputs = await run(slow(3, 8), { input: row([5, 7], [2, 1]) });
    expect(outputs.output?.dims).toEqual([2, 8]);
    expect(outputs.output?.data).toEqual(
      Float32Array.from([5, 7].flatMap((mean) => new Array<number>(8).fill(mean))),
    );
  });

  it("turns strings to strings, numbers and probabilities", async () => {
    const upper = await run(upperCase(), { input: new Tensor("string", ["red", "Blue"], [2]) });
    expect(upper.output?.data).toEqual(["RED", "BLUE"]);
    const encoded = await run(labelEncoder(), { word: new Tensor("string", ["blue", "pink"], [2, 1]) });
    expect(encoded.index?.data).toEqual(BigInt64Array.from([2n, -1n]));
    const tokens = new Tensor("string", ["great", "film", "awful", "bad"], [2, 2]);
    const { probabilities } = await run(textClassifier(), { tokens });
    const [, positive, negative] = probabilities?.data as Float32Array;
    expect(positive).toBeCloseTo(1 / (1 + Math.exp(-4)), 5);
    expect(negative).toBeCloseTo(1 / (1 + Math.exp(-6)), 5);
  });

  it("refuses broken files", async () => {
    await expect(InferenceSession.create(broken())).rejects.toThrow();
    await expect(InferenceSession.create(truncated())).rejects.toThrow();
  });
});
