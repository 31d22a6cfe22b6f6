import { isDeepStrictEqual } from "node:util";
import { ServiceError } from "../../server/errors.js";
import { isList, type JsonList } from "../../server/http/long-list.js";
import { giveTurn } from "../../server/turns.js";
import { shortened } from "../../server/quoted.js";
import type { ServedModel } from "../engine/engine.js";
import type { Tensor, TensorSpec } from "../../tensors/tensor.js";
import { readNested } from "../../tensors/from-json.js";
import { fitRows, nestedShape, product, shapeText, under, type Locate } from "../../tensors/shape.js";

export type Tensors = Record<string, Tensor>;

/** The input that a body without names fills. Throws invalid_input when config.json and the model leave it open. */
export function mainInput({ name, config, inputs }: ServedModel): TensorSpec {
  const required = inputs.filter((input) => input.default === undefined);
  const wanted = config.input ?? (required.length === 1 ? required[0]?.name : undefined);
  const spec = inputs.find((input) => input.name === wanted);
  if (spec !== undefined) {
    return spec;
  }
  if (inputs.length === 0) {
    throw new ServiceError("invalid_input", `Model ${name} has no inputs: send {"inputs": {}}.`);
  }
  const names = required.map((input) => input.name).join(", ");
  throw new ServiceError("invalid_input", `Model ${name} has the inputs ${names}: name them in the body.`);
}

/** A tensor from JSON values whose first dimension is the batch. Rejects with invalid_input and the path of the fault. */
async function tensorOf(values: unknown, spec: TensorSpec, locate: Locate): Promise<Tensor> {
  const given = nestedShape(values, locate);
  const shape = spec.unranked ? given : fitRows(given, spec.shape);
  if (shape === undefined) {
    throw misfit(given, spec, locate);
  }
  return { datatype: spec.datatype, shape, data: await readNested(values, given, spec, locate) };
}

function misfit(given: readonly number[], spec: TensorSpec, locate: Locate): ServiceError {
  const path = locate([]);
  const item = spec.shape.slice(1);
  const fixed = item.length > 0 && !item.includes(-1);
  if (given.length < 2 || !fixed) {
    return new ServiceError(
      "invalid_input",
      `${path} has shape ${shapeText(given)}; input ${spec.name} takes ${shapeText(spec.shape)}.`,
      { path },
    );
  }
  const at = locate([0]);
  return new ServiceError(
    "invalid_input",
    `${at} has ${product(given.slice(1))} values; input ${spec.name} takes ${product(item)} a row.`,
    { path: at },
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !isList(value);
}

/** TensorFlow Serving's row format: a list of values of the one input, or of objects with a value for each input. */
export async function tensorsFromRows(model: ServedModel, instances: JsonList): Promise<Tensors> {
  const first = instances.at(0);
  if (!isObject(first) || !Array.isArray(instances)) {
    const spec = mainInput(model);
    return { [spec.name]: await tensorOf(instances, spec, under("instances")) };
  }
  checkNames(first, model, "instances[0]");
  const tensors: Tensors = {};
  for (const spec of model.inputs) {
    if (spec.default === undefined) {
      const column = instances.map((row, index) => valueAt(row, spec.name, () => `instances[${index}]`));
      tensors[spec.name] = await tensorOf(column, spec, inColumn(spec.name));
    } else {
      Object.assign(tensors, await sharedValue(instances, spec));
    }
    await giveTurn();
  }
  return tensors;
}

/** The value of an input that has no rows, which all rows must repeat; nothing when they leave it to its default. */
async function sharedValue(instances: readonly unknown[], spec: TensorSpec): Promise<Tensors> {
  const { name } = spec;
  const [value] = instances.map((row) => (isObject(row) ? row[name] : undefined));
  const other = instances.findIndex((row) => isObject(row) && !isDeepStrictEqual(row[name], value));
  if (other >= 0) {
    const path = `instances[${other}].${name}`;
    throw new ServiceError("invalid_input", `${path} must be what it is in instances[0]: it has no rows.`, {
      path,
    });
  }
  return value === undefined ? {} : { [name]: await tensorOf(value, spec, under(`instances[0].${name}`)) };
}

/** Elements of one input's values, gathered from all rows. */
function inColumn(name: string): Locate {
  return ([row, ...rest]) =>
    row === undefined ? `instances[*].${name}` : under(`instances[${row}].${name}`)(rest);
}

/** TensorFlow Serving's columnar format: the one input's values, or an object of input name to values. */
export async function tensorsFromColumns(model: ServedModel, inputs: unknown): Promise<Tensors> {
  if (!isObject(inputs)) {
    const spec = mainInput(model);
    return { [spec.name]: await tensorOf(inputs, spec, under("inputs")) };
  }
  checkNames(inputs, model, "inputs");
  const tensors: Tensors = {};
  for (const spec of model.inputs) {
    if (spec.default !== undefined && !Object.hasOwn(inputs, spec.name)) {
      continue;
    }
    tensors[spec.name] = await tensorOf(inputs[spec.name], spec, under(`inputs.${spec.name}`));
  }
  return tensors;
}

/** `locate` gives the path of the row, for the error alone. */
function valueAt(row: unknown, name: string, locate: () => string): unknown {
  if (isObject(row) && Object.hasOwn(row, name)) {
    return row[name];
  }
  const path = locate();
  const fault = isObject(row) ? `has no value for input ${name}` : "must be an object of input name to value";
  throw new ServiceError("invalid_input", `${path} ${fault}.`, { path });
}

/** Throws invalid_input unless a row has a value for each input of the model without a default, and none beside. */
function checkNames(row: Record<string, unknown>, model: ServedModel, path: string): void {
  for (const spec of model.inputs) {
    if (spec.default === undefined) {
      valueAt(row, spec.name, () => path);
    }
  }
  const known = new Set(model.inputs.map((input) => input.name));
  const unknown = Object.keys(row).find((name) => !known.has(name));
  if (unknown === undefined) {
    return;
  }
  const at = `${path}.${shortened(unknown)}`;
  throw new ServiceError("invalid_input", `${at} is no input of model ${model.name}.`, { path: at });
}
