import { floats, ints, mlNode, model, node, value } from "../../../onnx/build.js";
import type { OnnxAttribute, OnnxNode, OnnxTensor } from "../../../onnx/types.js";
import { encodeModel } from "../../../onnx/write-model.js";
import { LIBRARY } from "../library.js";
import { FURTHEST } from "./features.js";
import type { Plan } from "./plan.js";

/** TensorProto.FLOAT. */
const FLOAT: OnnxAttribute = { kind: "int", value: 1 };

const AXIS: OnnxAttribute = { kind: "int", value: 1 };

export const PROBABILITIES = "probabilities";
export const PREDICTION = "prediction";

/** Kernels ([inputs, units]) and biases, layer by layer. */
export type Weights = readonly { readonly shape: readonly number[]; readonly values: Float32Array }[];

interface Part {
  readonly nodes: OnnxNode[];
  readonly initializers: OnnxTensor[];
  /** What it gives to the network. */
  readonly features: readonly string[];
}

/**
 * The model as an ONNX file that takes the raw columns by name: FLOAT [N, 1] for numbers, NaN where one is missing, and
 * STRING [N, 1] for categories. A name inside the graph begins with a slash, so that it is no column's.
 */
export function tableGraph(
  plan: Plan,
  weights: Weights,
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const { numbers, categories, target } = plan;
  const parts = [...(numbers.length > 0 ? [numberPart(plan)] : []), ...categories.map(categoryPart)];
  const tail = networkPart(plan, weights);
  const output = target.task === "regression" ? PREDICTION : PROBABILITIES;
  const width = target.task === "regression" ? 1 : target.labels.length;
  const joined = node(
    "Concat",
    parts.flatMap(({ features }) => features),
    ["/features"],
    { axis: AXIS },
  );
  return encodeModel(
    model(
      {
        name: "table",
        nodes: [...parts.flatMap(({ nodes }) => nodes), joined, ...tail.nodes],
        inputs: [
          ...numbers.map(({ name }) => value(name, "FLOAT", ["N", 1])),
          ...categories.map(({ name }) => value(name, "STRING", ["N", 1])),
        ],
        outputs: [value(output, "FLOAT", ["N", width])],
        initializers: [...parts.flatMap(({ initializers }) => initializers), ...tail.initializers],
      },
      {
        producerName: LIBRARY.name,
        producerVersion: LIBRARY.version,
        description: `Predicts ${target.name} from ${numbers.length + categories.length} columns.`,
        metadata,
      },
    ),
  );
}

/** Missing numbers become the median, and are told of; then all are shifted, scaled and kept within bounds. */
function numberPart({ numbers }: Plan): Part {
  const count = numbers.length;
  const row = (name: string, pick: (column: Plan["numbers"][number]) => number): OnnxTensor =>
    floats(name, [1, count], numbers.map(pick));
  return {
    features: ["/numbers", "/missing"],
    initializers: [
      row("/medians", ({ median }) => median),
      row("/means", ({ mean }) => mean),
      row("/scales", ({ scale }) => scale),
      row("/may-miss", ({ hasMissing }) => (hasMissing ? 1 : 0)),
      floats("/least", [], [-FURTHEST]),
      floats("/most", [], [FURTHEST]),
    ],
    nodes: [
      node(
        "Concat",
        numbers.map(({ name }) => name),
        ["/raw"],
        { axis: AXIS },
      ),
      node("IsNaN", ["/raw"], ["/is-missing"]),
      node("Where", ["/is-missing", "/medians", "/raw"], ["/filled"]),
      node("Sub", ["/filled", "/means"], ["/shifted"]),
      node("Mul", ["/shifted", "/scales"], ["/scaled"]),
      node("Clip", ["/scaled", "/least", "/most"], ["/numbers"]),
      node("Cast", ["/is-missing"], ["/all-missing"], { to: FLOAT }),
      node("Mul", ["/all-missing", "/may-miss"], ["/missing"]),
    ],
  };
}

/** One feature a category; all are 0 for one that is not known. */
function categoryPart({ name, categories }: Plan["categories"][number], index: number): Part {
  const attributes: Readonly<Record<string, OnnxAttribute>> = {
    cats_strings: { kind: "strings", value: categories },
    zeros: { kind: "int", value: 1 },
  };
  const [encoded, flat, axis] = [`/encoded-${index}`, `/category-${index}`, `/axis-${index}`];
  return {
    features: [flat],
    initializers: [ints(axis, [1], [1])],
    nodes: [mlNode("OneHotEncoder", [name], [encoded], attributes), node("Squeeze", [encoded, axis], [flat])],
  };
}

function networkPart({ target }: Plan, weights: Weights): Omit<Part, "features"> {
  const layers = weights.length / 2;
  const initializers = weights.map(({ shape, values }, index) =>
    floats(`/${index % 2 === 0 ? "weight" : "bias"}-${Math.floor(index / 2)}`, shape, values),
  );
  const nodes = Array.from({ length: layers }, (_, layer) => {
    const from = layer === 0 ? "/features" : `/active-${layer - 1}`;
    const gemm = node("Gemm", [from, `/weight-${layer}`, `/bias-${layer}`], [`/layer-${layer}`]);
    return layer < layers - 1 ? [gemm, node("Relu", [`/layer-${layer}`], [`/active-${layer}`])] : [gemm];
  }).flat();
  const last = `/layer-${layers - 1}`;
  if (target.task === "classification") {
    return { initializers, nodes: [...nodes, node("Softmax", [last], [PROBABILITIES], { axis: AXIS })] };
  }
  return {
    initializers: [
      ...initializers,
      floats("/deviation", [], [target.deviation]),
      floats("/mean", [], [target.mean]),
    ],
    nodes: [
      ...nodes,
      node("Mul", [last, "/deviation"], ["/spread"]),
      node("Add", ["/spread", "/mean"], [PREDICTION]),
    ],
  };
}
