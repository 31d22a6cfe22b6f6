import { ServiceError } from "../../../server/errors.js";
import type { TensorData } from "../../../tensors/datatypes.js";
import type { Tensor } from "../../../tensors/tensor.js";
import type { Tensors } from "../rows.js";
import { readBytes } from "../../../tensors/bytes.js";
import { readNested } from "../../../tensors/from-json.js";
import { isShaped, nestedShape, product, shapeText, under } from "../../../tensors/shape.js";
import type { BinaryReader } from "./binary-body.js";
import type { RequestInput } from "./schema.js";

/** The request's tensors by name. Throws invalid_input with the path of the fault. */
export function readInputs(inputs: readonly RequestInput[], binary: BinaryReader): Tensors {
  const tensors = new Map<string, Tensor>();
  for (const [index, input] of inputs.entries()) {
    const path = `inputs[${index}]`;
    if (tensors.has(input.name)) {
      throw new ServiceError(
        "invalid_input",
        `${path}.name is ${JSON.stringify(input.name)} a second time.`,
        {
          path: `${path}.name`,
        },
      );
    }
    const { datatype, shape } = input;
    tensors.set(input.name, { datatype, shape, data: readData(input, binary, path) });
  }
  binary.finish();
  return Object.fromEntries(tensors);
}

function readData(input: RequestInput, binary: BinaryReader, path: string): TensorData {
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

function readJson({ name, data, shape, datatype, parameters }: RequestInput, path: string): TensorData {
  if (parameters && "shared_memory_region" in parameters) {
    throw new ServiceError("invalid_input", "Shared memory is not supported: send the data in the body.", {
      path,
    });
  }
  if (!Array.isArray(data)) {
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
