import { ServiceError } from "../../../server/errors.js";
import { quoted } from "../../../server/quoted.js";
import { isList } from "../../../server/http/long-list.js";
import type { TensorData } from "../../../tensors/datatypes.js";
import type { Tensor } from "../../../tensors/tensor.js";
import { checkHeads } from "../../engine/check-inputs.js";
import type { ServedModel } from "../../engine/engine.js";
import type { Tensors } from "../rows.js";
import { readBytes } from "../../../tensors/bytes.js";
import { readNested } from "../../../tensors/from-json.js";
import { isShaped, nestedShape, product, shapeText, under } from "../../../tensors/shape.js";
import type { BinaryReader } from "./binary-body.js";
import type { RequestInput } from "./schema.js";

/**
 * The request's tensors by name. What it says of them is checked against the model before any of their data is looked at.
 * Rejects with invalid_input and the path of the fault.
 */
export async function readInputs(
  model: Pick<ServedModel, "inputs" | "batched">,
  inputs: readonly RequestInput[],
  binary: BinaryReader,
): Promise<Tensors> {
  checkHeads(model.inputs, model.batched, headsOf(inputs));
  const tensors: [string, Tensor][] = [];
  for (const [index, input] of inputs.entries()) {
    const { name, datatype, shape } = input;
    tensors.push([name, { datatype, shape, data: await readData(input, binary, `inputs[${index}]`) }]);
  }
  binary.finish();
  return Object.fromEntries(tensors);
}

/** Throws invalid_input for a name that comes twice. */
function headsOf(inputs: readonly RequestInput[]): Record<string, RequestInput> {
  const heads = new Map<string, RequestInput>();
  for (const [index, input] of inputs.entries()) {
    if (heads.has(input.name)) {
      const path = `inputs[${index}].name`;
      throw new ServiceError("invalid_input", `${path} is ${quoted(input.name)} a second time.`, { path });
    }
    heads.set(input.name, input);
  }
  return Object.fromEntries(heads);
}

async function readData(input: RequestInput, binary: BinaryReader, path: string): Promise<TensorData> {
  const size = input.parameters?.binary_data_size;
  if (size === undefined) {
    return readJson(input, `${path}.data`);
  }
  if ((input.data ?? undefined) !== undefined) {
    throw new ServiceError("invalid_input", `${path} has both data and binary_data_size.`, {
      path: `${path}.data`,
    });
  }
  const bytes = binary.take(size, `${path}.parameters.binary_data_size`);
  return readBytes(bytes, input.datatype, product(input.shape), path);
}

async function readJson(
  { name, data, shape, datatype, parameters }: RequestInput,
  path: string,
): Promise<TensorData> {
  if (parameters && "shared_memory_region" in parameters) {
    throw new ServiceError("invalid_input", "Shared memory is not supported: send the data in the body.", {
      path,
    });
  }
  if (!isList(data)) {
    throw new ServiceError("invalid_input", `${path} must be an array of values.`, { path });
  }
  const given = nestedShape(data, under(path));
  const flat = given.length === 1 && given[0] === product(shape);
  if (!flat && !isShaped(given, shape)) {
    throw new ServiceError(
      "invalid_input",
      `${path} has shape ${shapeText(given)}; it must be ${shapeText(shape)}, or flat with ${product(shape)} values.`,
      { path },
    );
  }
  return readNested(data, given, { name, datatype }, under(path));
}
