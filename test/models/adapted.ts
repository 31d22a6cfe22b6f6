import protobuf from "protobufjs";
import { editFile } from "#service/onnx/adapt/edit-file.js";
import { floats, ints, mlNode, model, node, value } from "#service/onnx/build.js";
import { encodeModel } from "#service/onnx/write-model.js";
import type { OnnxAttribute, OnnxTensor } from "#service/onnx/types.js";

function within(field: number, bytes: Uint8Array): Uint8Array {
  return protobuf.Writer.create()
    .uint32((field << 3) | 2)
    .bytes(bytes)
    .finish();
}

/** A TypeProto of a FLOAT tensor of any shape. */
const FLOATS = within(1, Uint8Array.of((1 << 3) | 0, 1, (2 << 3) | 2, 0));

/** `output` FLOAT = -`input`: the file says nothing of their rank. */
export function anyRank(): Uint8Array {
  const unranked = (name: string) => ({ ...value(name, "FLOAT", []), shape: undefined });
  return encodeModel(
    model({
      name: "any-rank",
      nodes: [node("Neg", ["input"], ["output"])],
      inputs: [unranked("input")],
      outputs: [unranked("output")],
      initializers: [],
    }),
  );
}

/**
 * `output` FLOAT [N, 3] = `input` [N, 3] x `factor` [1] (2 by default) + `offset` [3] (1, 2, 3 by default). `further` are
 * initializers that are listed as inputs too.
 */
export function withDefaults(further: readonly OnnxTensor[] = [], irVersion = 8): Uint8Array {
  return encodeModel({
    ...model({
      name: "with-defaults",
      nodes: [node("Mul", ["input", "factor"], ["product"]), node("Add", ["product", "offset"], ["output"])],
      inputs: [
        value("factor", "FLOAT", [1]),
        value("input", "FLOAT", ["N", 3]),
        value("offset", "FLOAT", [3]),
        ...further.map(({ name, shape }) => value(name, "FLOAT", shape)),
      ],
      outputs: [value("output", "FLOAT", ["N", 3])],
      initializers: [floats("factor", [1], [2]), floats("offset", [3], [1, 2, 3]), ...further],
    }),
    irVersion,
  });
}

/** `output` FLOAT [N, 2] = the rows of `input` [N, 2], added up from the first on if `running` [] is above 0, as it is not. */
export function runningIfTold(): Uint8Array {
  return encodeModel(
    model({
      name: "running-if-told",
      nodes: [
        node("CumSum", ["input", "axis"], ["sums"]),
        node("Sub", ["sums", "input"], ["rest"]),
        node("Mul", ["rest", "running"], ["added"]),
        node("Add", ["input", "added"], ["output"]),
      ],
      inputs: [value("input", "FLOAT", ["N", 2]), value("running", "FLOAT", [])],
      outputs: [value("output", "FLOAT", ["N", 2])],
      initializers: [ints("axis", [], [0]), floats("running", [], [0])],
    }),
  );
}

/**
 * A classifier as scikit-learn's converter writes it: `label` INT64 [N], the place of the highest of `input` FLOAT [N, 3], and
 * `scores`, a list of maps from `labels` to its softmax, or to the inputs themselves if they are to be `raw`.
 */
export function zipMapped(labels: readonly string[] | readonly number[], raw = false): Uint8Array {
  const { attributes, keyType } = labelsOf(labels);
  const file = encodeModel(
    model({
      name: "zip-mapped",
      nodes: [
        node("ArgMax", ["input"], ["label"], {
          axis: { kind: "int", value: 1 },
          keepdims: { kind: "int", value: 0 },
        }),
        raw
          ? node("Identity", ["input"], ["probabilities"])
          : node("Softmax", ["input"], ["probabilities"], { axis: { kind: "int", value: 1 } }),
        mlNode("ZipMap", ["probabilities"], ["scores"], attributes),
      ],
      inputs: [value("input", "FLOAT", ["N", 3])],
      outputs: [value("label", "INT64", ["N"]), value("scores", "FLOAT", [])],
      initializers: [],
    }),
  );
  const outputs = new Map([[1, listOfMaps("scores", keyType)]]);
  return editFile(file, { nodes: new Map(), outputs, initializers: new Set() });
}

function labelsOf(labels: readonly string[] | readonly number[]): {
  attributes: Record<string, OnnxAttribute>;
  keyType: number;
} {
  return typeof labels[0] === "string"
    ? { attributes: { classlabels_strings: { kind: "strings", value: labels as string[] } }, keyType: 8 }
    : { attributes: { classlabels_int64s: { kind: "ints", value: labels as number[] } }, keyType: 7 };
}

/** `same` FLOAT [N, 3] = `input`, and `list`, which holds it alone: no output that a protocol could carry. */
export function withList(): Uint8Array {
  const file = encodeModel(
    model({
      name: "with-list",
      nodes: [node("Identity", ["input"], ["same"]), node("SequenceConstruct", ["input"], ["list"])],
      inputs: [value("input", "FLOAT", ["N", 3])],
      outputs: [value("same", "FLOAT", ["N", 3]), value("list", "FLOAT", [])],
      initializers: [],
    }),
  );
  const outputs = new Map([[1, declared("list", within(4, within(1, FLOATS)))]]);
  return editFile(file, { nodes: new Map(), outputs, initializers: new Set() });
}

/** A ValueInfoProto of type list of maps from `keyType` to FLOAT, by the numbers of onnx.proto. */
function listOfMaps(name: string, keyType: number): Uint8Array {
  const map = within(5, Buffer.concat([Uint8Array.of((1 << 3) | 0, keyType), within(2, FLOATS)]));
  return declared(name, within(4, within(1, map)));
}

function declared(name: string, type: Uint8Array): Uint8Array {
  return Buffer.concat([within(1, Buffer.from(name)), within(2, type)]);
}
