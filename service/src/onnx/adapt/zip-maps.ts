import { node, value } from "../build.js";
import type { OnnxModel, OnnxNode, OnnxValue } from "../types.js";

/**
 * An output that is a list of maps from label to score, as scikit-learn's and LightGBM's converters write it: neither
 * ONNX Runtime's binding nor any protocol carries maps. The scores that go into its ZipMap can be answered instead.
 */
export interface ZippedOutput {
  readonly name: string;
  /** In the order of the scores. */
  readonly labels: readonly string[];
  readonly nodeIndex: number;
  readonly outputIndex: number;
  /** What takes the place of the ZipMap, and of the output's declaration. */
  readonly node: OnnxNode;
  readonly output: OnnxValue;
}

/** The outputs of a graph that a ZipMap makes, and nothing else reads. */
export function zippedOutputs({ graph }: OnnxModel): ZippedOutput[] {
  return graph.nodes.flatMap((zip, nodeIndex) => {
    const [scores] = zip.inputs;
    const [name] = zip.outputs;
    const outputIndex = graph.outputs.findIndex((output) => output.name === name);
    const labels = labelsOf(zip);
    const isRead = graph.nodes.some(({ inputs }) => name !== undefined && inputs.includes(name));
    if (scores === undefined || name === undefined || outputIndex < 0 || labels === undefined || isRead) {
      return [];
    }
    return [
      {
        name,
        labels,
        nodeIndex,
        outputIndex,
        node: { ...node("Identity", [scores], [name]), name: zip.name },
        output: value(name, "FLOAT", ["", labels.length]),
      },
    ];
  });
}

/** Undefined for what is no ZipMap, or has no labels. */
function labelsOf({ operator, domain, attributes }: OnnxNode): string[] | undefined {
  if (operator !== "ZipMap" || domain !== "ai.onnx.ml") {
    return undefined;
  }
  const texts = attributes["classlabels_strings"];
  const numbers = attributes["classlabels_int64s"];
  if (texts?.kind === "strings") {
    return [...texts.value];
  }
  return numbers?.kind === "ints" ? numbers.value.map(String) : undefined;
}
