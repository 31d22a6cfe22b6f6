import { describe, expect, it } from "vitest";
import { adaptModel } from "#service/onnx/adapt/adapt-model.js";
import { editFile } from "#service/onnx/adapt/edit-file.js";
import { floats, ints, model, node, value } from "#service/onnx/build.js";
import { decodeModel } from "#service/onnx/read-model.js";
import type { OnnxModel, OnnxTensor } from "#service/onnx/types.js";
import { anyRank, identity, withDefaults, zipMapped } from "../../../models/index.js";

function adapted(file: Uint8Array): { before: OnnxModel; after: OnnxModel } & ReturnType<typeof adaptModel> {
  const before = decodeModel(file);
  const adaptation = adaptModel(before);
  const { edit } = adaptation;
  return { ...adaptation, before, after: edit ? decodeModel(editFile(file, edit)) : before };
}

describe("a model that needs nothing", () => {
  it("is loaded as it is", () => {
    expect(adapted(identity())).toMatchObject({
      defaults: new Map(),
      unranked: new Set(),
      labels: new Map(),
    });
    expect(adapted(identity()).edit).toBeUndefined();
  });
});

describe("editFile", () => {
  it("copies what is not edited byte by byte, also what this program does not read", () => {
    const unknown = Uint8Array.of(((99 << 3) & 0x7f) | 0x80 | 2, (99 << 3) >> 7, 3, 1, 2, 3);
    const file = Buffer.concat([identity(), unknown]);
    const nothing = { nodes: new Map(), outputs: new Map(), initializers: new Set<number>() };
    expect(Buffer.from(editFile(file, nothing)).equals(file)).toBe(true);
  });
});

describe("a ZipMap that makes an output", () => {
  it.each([
    [
      ["a", "b", "c"],
      ["a", "b", "c"],
    ],
    [
      [7, 8, 9],
      ["7", "8", "9"],
    ],
  ])("is replaced by its scores; its labels %j are kept", (given, labels) => {
    const { before, after, ...found } = adapted(zipMapped(given));
    expect(found.labels).toEqual(new Map([["scores", labels]]));
    expect(before.graph.outputs[1]).toMatchObject({ name: "scores", kind: "sequence" });
    expect(after.graph.outputs).toEqual([before.graph.outputs[0], value("scores", "FLOAT", ["", 3])]);
    const [argMax, softmax, zip] = after.graph.nodes;
    expect([argMax, softmax]).toEqual(before.graph.nodes.slice(0, 2));
    expect(zip).toMatchObject({ operator: "Identity", inputs: ["probabilities"], outputs: ["scores"] });
  });
});

describe("inputs that an initializer gives a default", () => {
  it("are inputs that must be fed, and the default is known", () => {
    const { before, after, defaults } = adapted(withDefaults());
    expect([...defaults]).toEqual([
      ["factor", { datatype: "FP32", shape: [1], data: Float32Array.of(2) }],
      ["offset", { datatype: "FP32", shape: [3], data: Float32Array.of(1, 2, 3) }],
    ]);
    expect(after.graph.initializers).toEqual([]);
    expect(after.graph.inputs).toEqual(before.graph.inputs);
  });

  const of = (name: string, length: number): OnnxTensor => floats(name, [length], new Float32Array(length));

  it("are weights if one is long, if there are many, or if the file is of the times when all had to be listed", () => {
    expect(adapted(withDefaults([of("w", 1025)])).defaults.size).toBe(0);
    const many = Array.from({ length: 15 }, (_, index) => of(`w${index}`, 1));
    expect(adapted(withDefaults(many.slice(1))).defaults.size).toBe(16);
    expect(adapted(withDefaults(many)).defaults.size).toBe(0);
    expect(adapted(withDefaults([], 3)).defaults.size).toBe(0);
  });

  it.each<[string, OnnxTensor, unknown]>([
    ["long integers", ints("d", [2], [-1, 2]), BigInt64Array.of(-1n, 2n)],
    [
      "text",
      { ...of("d", 2), elementType: "STRING", data: { kind: "strings", values: ["a", ""] } },
      ["a", ""],
    ],
    ["nothing", of("d", 0), new Float32Array(0)],
    ["weights in another file", { ...of("d", 2), data: { kind: "external", entries: {} } }, undefined],
    ["bytes that are too few", { ...of("d", 2), data: { kind: "raw", bytes: new Uint8Array(7) } }, undefined],
    ["a type that is not served", { ...of("d", 2), elementType: "BFLOAT16" }, undefined],
    [
      "listed long integers",
      { ...of("d", 1), elementType: "INT64", data: { kind: "numbers", values: [3] } },
      BigInt64Array.of(3n),
    ],
    [
      "listed half floats",
      { ...of("d", 1), elementType: "FLOAT16", data: { kind: "numbers", values: [0x3c00] } },
      Uint16Array.of(0x3c00),
    ],
  ])("may be %s", (_, initializer, data) => {
    const graph = {
      name: "one",
      nodes: [node("Identity", ["d"], ["y"])],
      inputs: [value("d", initializer.elementType, initializer.shape)],
      outputs: [value("y", initializer.elementType, initializer.shape)],
      initializers: [initializer],
    };
    expect(adaptModel(model(graph)).defaults.get("d")?.data).toEqual(data);
  });
});

it("tensors whose rank the file leaves open are known", () => {
  expect(adapted(anyRank())).toMatchObject({ unranked: new Set(["input", "output"]) });
  expect(adapted(identity("FLOAT", [])).unranked.size).toBe(0);
});
