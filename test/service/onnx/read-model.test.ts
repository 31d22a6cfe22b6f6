import { describe, expect, it } from "vitest";

import { floats, ints, model, node, value } from "#service/onnx/build.js";
import { decodeModel, OnnxFormatError } from "#service/onnx/read-model.js";
import { encodeModel } from "#service/onnx/write-model.js";
import { ModelProto } from "#service/onnx/messages.js";
import { broken, labelEncoder, textClassifier, truncated } from "../../models/index.js";

const example = model(
  {
    name: "example",
    nodes: [
      node("Gemm", ["x", "w"], ["y"], {
        alpha: { kind: "float", value: 0.5 },
        transB: { kind: "int", value: 1 },
        note: { kind: "string", value: "ünï" },
        factors: { kind: "floats", value: [1, 2.5] },
        axes: { kind: "ints", value: [0, -1] },
        names: { kind: "strings", value: ["a", ""] },
      }),
    ],
    inputs: [value("x", "FLOAT", ["N", 3, ""])],
    outputs: [value("y", "FLOAT16", [])],
    initializers: [floats("w", [2, 3], [1, 2, 3, 4, 5, 6]), ints("axes", [2], [1, -1])],
  },
  { producerName: "test", producerVersion: "1", description: "A sentence.", metadata: { author: "me" } },
);

describe("decodeModel", () => {
  it("reads what encodeModel wrote", () => {
    const decoded = decodeModel(encodeModel(example));
    expect(decoded).toMatchObject({ ...example, graph: { name: "example", nodes: example.graph.nodes } });
    expect(decoded.graph.inputs).toEqual(example.graph.inputs);
    expect(decoded.graph.outputs).toEqual(example.graph.outputs);
    const [weights] = decoded.graph.initializers;
    expect(weights?.shape).toEqual([2, 3]);
    const bytes = weights?.data.kind === "raw" ? weights.data.bytes : new Uint8Array();
    expect(Buffer.from(bytes).readFloatLE(20)).toBe(6);
  });

  it("writes byte for byte what it read", () => {
    for (const bytes of [encodeModel(example), textClassifier()]) {
      expect(Buffer.from(encodeModel(decodeModel(bytes)))).toEqual(Buffer.from(bytes));
    }
  });

  it("names the operator sets that the nodes need", () => {
    expect(decodeModel(labelEncoder()).opsets.map(({ domain }) => domain)).toEqual(["", "ai.onnx.ml"]);
    expect(decodeModel(encodeModel(example)).opsets.map(({ domain }) => domain)).toEqual([""]);
  });

  it("tells weights kept in other files, in number fields and values without a shape", () => {
    const bytes = ModelProto.encode(
      ModelProto.fromObject({
        irVersion: 8,
        graph: {
          input: [
            { name: "anything", type: { tensorType: { elemType: 1 } } },
            { name: "list", type: { sequenceType: {} } },
          ],
          initializer: [
            {
              name: "far",
              dataType: 1,
              dataLocation: 1,
              externalData: [{ key: "location", value: "w.bin" }],
            },
            { name: "near", dataType: 7, dims: [2], int64Data: [3, -4] },
          ],
        },
      }),
    ).finish();
    const { graph } = decodeModel(bytes);
    expect(graph.initializers.map(({ data }) => data)).toEqual([
      { kind: "external", entries: { location: "w.bin" } },
      { kind: "numbers", values: [3, -4] },
    ]);
    expect(graph.inputs).toEqual([
      { name: "anything", kind: "tensor", elementType: "FLOAT", shape: undefined },
      { name: "list", kind: "sequence", elementType: "UNDEFINED", shape: undefined },
    ]);
  });

  it("refuses what is no model", () => {
    for (const bytes of [broken(), truncated(), new Uint8Array()]) {
      expect(() => decodeModel(bytes)).toThrow(OnnxFormatError);
    }
  });
});
