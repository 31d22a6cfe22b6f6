import { floats, ints, model, node, value } from "#service/onnx/build.js";
import type { OnnxAttribute, OnnxNode, OnnxTensor } from "#service/onnx/types.js";
import { encodeModel } from "#service/onnx/write-model.js";

/** Numbers in [0, 1). */
export type Random = () => number;

/** Values of a row. */
export const WIDTH = 6;

/** What a step of a graph is made with: the value that it reads, [N, 6], and names and constants of its own. */
interface Site {
  readonly input: string;
  readonly output: string;
  readonly random: Random;
  /** Adds a constant and gives its name. */
  constant(tensor: (name: string) => OnnxTensor): string;
  /** A name of a value between. */
  name(): string;
}

/** Nodes that turn [N, 6] into [N, 6]. */
type Step = (site: Site) => OnnxNode[];

function int(number: number): OnnxAttribute {
  return { kind: "int", value: number };
}

function intList(...numbers: number[]): OnnxAttribute {
  return { kind: "ints", value: numbers };
}

function weights({ random }: Site, count: number): number[] {
  return Array.from({ length: count }, () => 2 * random() - 1);
}

function unary(operator: string, attributes: Readonly<Record<string, OnnxAttribute>> = {}): Step {
  return ({ input, output }) => [node(operator, [input], [output], attributes)];
}

/** Takes from each value the mean over an axis. */
function centred(axis: number): Step {
  return (site) => {
    const mean = site.name();
    const attributes = { axes: intList(axis), keepdims: int(1) };
    return [
      node("ReduceMean", [site.input], [mean], attributes),
      node("Sub", [site.input, mean], [site.output]),
    ];
  };
}

function cumulated(axis: number): Step {
  return (site) => {
    const at = site.constant((name) => ints(name, [], [axis]));
    return [node("CumSum", [site.input, at], [site.output])];
  };
}

/** Steps that compute each row by itself. */
const APART: readonly Step[] = [
  unary("Relu"),
  unary("Tanh"),
  unary("Neg"),
  unary("Softmax", { axis: int(1) }),
  centred(1),
  cumulated(1),
  (site) => {
    const weight = site.constant((name) => floats(name, [WIDTH, WIDTH], weights(site, WIDTH * WIDTH)));
    return [node("MatMul", [site.input, weight], [site.output])];
  },
  (site) => {
    const weight = site.constant((name) => floats(name, [WIDTH, WIDTH], weights(site, WIDTH * WIDTH)));
    const bias = site.constant((name) => floats(name, [WIDTH], weights(site, WIDTH)));
    return [node("Gemm", [site.input, weight, bias], [site.output])];
  },
  (site) => {
    const order = site.constant((name) => ints(name, [WIDTH], [5, 3, 1, 0, 2, 4]));
    return [node("Gather", [site.input, order], [site.output], { axis: int(1) })];
  },
  (site) => {
    const [blocks, turned] = [site.name(), site.name()];
    const inner = site.constant((name) => ints(name, [3], [0, 2, 3]));
    const outer = site.constant((name) => ints(name, [2], [0, WIDTH]));
    return [
      node("Reshape", [site.input, inner], [blocks]),
      node("Transpose", [blocks], [turned], { perm: intList(0, 2, 1) }),
      node("Reshape", [turned, outer], [site.output]),
    ];
  },
  // A sequence of six steps through a convolution along them.
  (site) => {
    const [sequence, convolved] = [site.name(), site.name()];
    const axis = site.constant((name) => ints(name, [1], [1]));
    const kernel = site.constant((name) => floats(name, [1, 1, 3], weights(site, 3)));
    return [
      node("Unsqueeze", [site.input, axis], [sequence]),
      node("Conv", [sequence, kernel], [convolved], { pads: intList(1, 1), kernel_shape: intList(3) }),
      node("Squeeze", [convolved, axis], [site.output]),
    ];
  },
];

/** Steps in which rows touch: over dimension 0, or by a scale of the whole tensor. */
const TOUCHING: readonly Step[] = [
  unary("Softmax", { axis: int(0) }),
  centred(0),
  cumulated(0),
  (site) => {
    const [quantized, scale, zero] = [site.name(), site.name(), site.name()];
    return [
      node("DynamicQuantizeLinear", [site.input], [quantized, scale, zero]),
      node("DequantizeLinear", [quantized, scale, zero], [site.output]),
    ];
  },
  // Attention of every row to every other.
  (site) => {
    const [turned, scores, shares] = [site.name(), site.name(), site.name()];
    return [
      node("Transpose", [site.input], [turned], { perm: intList(1, 0) }),
      node("MatMul", [site.input, turned], [scores]),
      node("Softmax", [scores], [shares], { axis: int(1) }),
      node("MatMul", [shares, site.input], [site.output]),
    ];
  },
  // A dilated convolution whose sequence is the rows: those touch that are seven apart, which a trial of few does not see.
  (site) => {
    const [turned, sequence, convolved, flat] = [site.name(), site.name(), site.name(), site.name()];
    const axis = site.constant((name) => ints(name, [1], [1]));
    const kernel = site.constant((name) => floats(name, [1, 1, 3], weights(site, 3)));
    return [
      node("Transpose", [site.input], [turned], { perm: intList(1, 0) }),
      node("Unsqueeze", [turned, axis], [sequence]),
      node("Conv", [sequence, kernel], [convolved], {
        pads: intList(7, 7),
        dilations: intList(7),
        kernel_shape: intList(3),
      }),
      node("Squeeze", [convolved, axis], [flat]),
      node("Transpose", [flat], [site.output], { perm: intList(1, 0) }),
    ];
  },
];

export interface RandomGraph {
  readonly bytes: Uint8Array;
  /** Whether one of its steps mixes rows. */
  readonly touches: boolean;
}

/** A graph of FLOAT `x` [N, 6] to `y` [N, 6], of one to five steps; in one of three graphs a step mixes rows. */
export function randomGraph(random: Random): RandomGraph {
  const count = 1 + Math.floor(random() * 5);
  const mixing = random() < 1 / 3 ? Math.floor(random() * count) : -1;
  const nodes: OnnxNode[] = [];
  const constants: OnnxTensor[] = [];
  let names = 0;
  const name = (): string => `t${(names += 1)}`;
  let input = "x";
  for (let step = 0; step < count; step += 1) {
    const output = step === count - 1 ? "y" : name();
    const from = step === mixing ? TOUCHING : APART;
    const chosen = from[Math.floor(random() * from.length)];
    const constant = (make: (name: string) => OnnxTensor): string => {
      const tensor = make(name());
      constants.push(tensor);
      return tensor.name;
    };
    nodes.push(...(chosen?.({ input, output, random, constant, name }) ?? []));
    input = output;
  }
  const bytes = encodeModel(
    model({
      name: "random",
      nodes,
      inputs: [value("x", "FLOAT", ["N", WIDTH])],
      outputs: [value("y", "FLOAT", ["N", WIDTH])],
      initializers: constants,
    }),
  );
  return { bytes, touches: mixing >= 0 };
}
