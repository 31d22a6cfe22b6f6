import type { Tensor, TensorSpec } from "../../tensors/tensor.js";
import type { ServedModel } from "../engine/engine.js";
import type { Tensors } from "./rows.js";

export type Outputs = Readonly<Record<string, Tensor>>;

/** An answer's outputs: those that hold a value for each row of the request, and the others. */
export interface SplitOutputs {
  readonly perRow: Outputs;
  readonly whole: Outputs;
}

type Declared = Pick<ServedModel, "inputs" | "outputs" | "batched">;

/** Rows of a request: the first dimension that all its inputs share; undefined when they share none. */
export function rowsOf({ inputs }: Pick<ServedModel, "inputs">, tensors: Tensors): number | undefined {
  const sizes = new Set(inputs.filter(hasRows).map(({ name }) => tensors[name]?.shape[0]));
  const [rows] = sizes;
  return sizes.size === 1 ? rows : undefined;
}

/** Tells apart by what the model declares, so that it does not depend on a request's size: see docs/api.md. */
export function splitOutputs(model: Declared, outputs: Outputs, rows: number | undefined): SplitOutputs {
  const perRow: Record<string, Tensor> = {};
  const whole: Record<string, Tensor> = {};
  for (const [name, tensor] of Object.entries(outputs)) {
    const spec = model.outputs.find((output) => output.name === name);
    const isPerRow = rows !== undefined && tensor.shape[0] === rows && mayBeRows(model, spec);
    (isPerRow ? perRow : whole)[name] = tensor;
  }
  return { perRow, whole };
}

/** Inputs that may be left out have none. */
function hasRows(input: TensorSpec): boolean {
  return input.default === undefined;
}

/** Whether an output is declared so that its first dimension can be that of the inputs. */
function mayBeRows({ inputs, batched }: Declared, output: TensorSpec | undefined): boolean {
  const declared = output?.shape[0];
  if (batched || output === undefined || declared === undefined) {
    return true;
  }
  const withRows = inputs.filter(hasRows);
  if (declared !== -1) {
    // LightGBM's converter declares a label for one row, though there is one for each.
    return isOneNumber(output) || withRows.some(({ shape }) => shape[0] === declared);
  }
  const symbol = symbolOf(output);
  const symbols = withRows.map(symbolOf);
  return symbol === "" || symbols.includes("") || symbols.includes(symbol);
}

function isOneNumber({ shape }: TensorSpec): boolean {
  return shape.length === 1 && shape[0] === 1;
}

/** What tensorflow-onnx calls dimensions that it knows nothing of. */
const UNKNOWN = /^unk__\d+$/;

/** The name of the first dimension; empty when nothing is known of it. */
function symbolOf(spec: TensorSpec): string {
  const symbol = spec.symbols?.[0] ?? "";
  return UNKNOWN.test(symbol) ? "" : symbol;
}
