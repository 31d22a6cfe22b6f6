import type { ServedModel } from "../engine/engine.js";

/** Whether a model takes 64-bit integers, whose digits a JSON number of JavaScript may lose. */
export function hasLongIntegers({ inputs }: Pick<ServedModel, "inputs">): boolean {
  return inputs.some(({ datatype }) => datatype === "INT64" || datatype === "UINT64");
}
