import { ServiceError } from "../../server/errors.js";
import { shortened } from "../../server/quoted.js";
import { holds } from "../../tensors/datatypes.js";
import { product, shapeText } from "../../tensors/shape.js";
import type { Tensor, TensorSpec } from "../../tensors/tensor.js";

/** What a request says of a tensor before its values. */
type Head = Pick<Tensor, "datatype" | "shape">;

type Inputs<T extends Head = Head> = Readonly<Record<string, T>>;

/**
 * A request's tensors in the order of `specs`, checked against them: names, datatypes, shapes, length of the data; defaults
 * for those that are left out. With `batched`, dimension 0 of the inputs without a default is any number of rows from 1, the
 * same in all of them. Throws invalid_input.
 */
export function checkInputs(
  specs: readonly TensorSpec[],
  batched: boolean,
  inputs: Inputs<Tensor>,
): Tensor[] {
  const tensors = checkHeads(specs, batched, inputs);
  for (const [index, spec] of specs.entries()) {
    checkLength(spec, tensors[index], inputs);
  }
  return tensors;
}

/** The same without the data, for what is to be known before it is read. */
export function checkHeads<T extends Head>(
  specs: readonly TensorSpec[],
  batched: boolean,
  inputs: Inputs<T>,
): (T | Tensor)[] {
  const tensors: (T | Tensor)[] = [];
  let rows: number | undefined;
  for (const spec of specs) {
    const given = Object.hasOwn(inputs, spec.name) ? inputs[spec.name] : undefined;
    const tensor = given ?? spec.default;
    if (!tensor) {
      throw missing(spec, inputs);
    }
    const hasRows = batched && spec.default === undefined;
    checkHead(spec, tensor, hasRows, inputs);
    if (hasRows) {
      rows ??= tensor.shape[0];
      if (tensor.shape[0] !== rows) {
        throw unequalRows(spec, inputs);
      }
    }
    tensors.push(tensor);
  }
  refuseUnknown(specs, inputs);
  return tensors;
}

/** Rejects names of outputs that the model does not have. Throws invalid_input. */
export function checkOutputs(specs: readonly TensorSpec[], outputs: readonly string[]): void {
  for (const [index, name] of outputs.entries()) {
    if (!specs.some((spec) => spec.name === name)) {
      throw new ServiceError(
        "invalid_input",
        `The model has no output '${shortened(name)}'; it has ${names(specs)}.`,
        {
          path: `outputs[${index}].name`,
        },
      );
    }
    // Each would be answered anew: a short request could ask for an answer of any size.
    if (outputs.indexOf(name) !== index) {
      throw new ServiceError("invalid_input", `Output '${shortened(name)}' is asked for a second time.`, {
        path: `outputs[${index}].name`,
      });
    }
  }
}

function checkHead(spec: TensorSpec, tensor: Head, batched: boolean, inputs: Inputs): void {
  if (tensor.datatype !== spec.datatype) {
    throw fault(
      spec,
      inputs,
      "datatype",
      `Input '${spec.name}' is of datatype ${tensor.datatype}; the model takes ${spec.datatype}.`,
    );
  }
  if (!fits(spec, tensor.shape, batched)) {
    throw fault(
      spec,
      inputs,
      "shape",
      `Input '${spec.name}' has shape ${shapeText(tensor.shape)}; the model takes ${declaredShape(spec.shape, batched)}.`,
    );
  }
  if (spec.longest) {
    checkLengths(spec, tensor, spec.longest, inputs);
  }
}

function checkLength(spec: TensorSpec, tensor: Tensor | undefined, inputs: Inputs): void {
  if (tensor === undefined) {
    return;
  }
  const elements = product(tensor.shape);
  if (!holds(tensor.datatype, tensor.data) || tensor.data.length !== elements) {
    throw fault(
      spec,
      inputs,
      "data",
      `Input '${spec.name}' has ${tensor.data.length} elements; its shape ${shapeText(tensor.shape)} has ${elements}.`,
    );
  }
}

function checkLengths(
  spec: TensorSpec,
  { shape }: Head,
  longest: NonNullable<TensorSpec["longest"]>,
  inputs: Inputs,
): void {
  const axis = shape.findIndex((length, index) => length > (longest[index] ?? Infinity));
  if (axis >= 0) {
    const message = `Input '${spec.name}' is ${shape[axis]} long in dimension ${axis}; the model takes at most ${longest[axis]}.`;
    throw fault(spec, inputs, "shape", message);
  }
}

function fits(
  { shape: declared, unranked }: TensorSpec,
  shape: readonly number[],
  batched: boolean,
): boolean {
  if (shape.length !== declared.length && unranked !== true) {
    return false;
  }
  for (let index = 0; index < shape.length; index += 1) {
    const dimension = shape[index] ?? NaN;
    if (!Number.isSafeInteger(dimension) || dimension < 0) {
      return false;
    }
    if (index === 0 && batched) {
      if (dimension === 0) {
        return false;
      }
    } else if ((declared[index] ?? -1) !== -1 && declared[index] !== dimension) {
      return false;
    }
  }
  return true;
}

function refuseUnknown(specs: readonly TensorSpec[], inputs: Inputs): void {
  let count = 0;
  for (const name in inputs) {
    count += 1;
    if (count > specs.length || !specs.some((spec) => spec.name === name)) {
      const index = Object.keys(inputs).findIndex((given) => !specs.some((spec) => spec.name === given));
      throw new ServiceError(
        "invalid_input",
        `The model has no input '${shortened(Object.keys(inputs)[index] ?? name)}'; it has ${names(specs)}.`,
        { path: `inputs[${index}].name` },
      );
    }
  }
}

function missing(spec: TensorSpec, inputs: Inputs): ServiceError {
  const given = Object.keys(inputs);
  const got =
    given.length > 0 ? `; the request has ${shortened(given.map((name) => `'${name}'`).join(", "))}` : "";
  return new ServiceError("invalid_input", `Input '${spec.name}' is missing${got}.`, { path: "inputs" });
}

function unequalRows(spec: TensorSpec, inputs: Inputs): ServiceError {
  return fault(
    spec,
    inputs,
    "shape",
    `Input '${spec.name}' has another number of rows (dimension 0) than the first input.`,
  );
}

function fault(spec: TensorSpec, inputs: Inputs, field: string, message: string): ServiceError {
  const index = Object.keys(inputs).indexOf(spec.name);
  return new ServiceError("invalid_input", message, { path: `inputs[${index}].${field}` });
}

function names(specs: readonly TensorSpec[]): string {
  return specs.map((spec) => `'${spec.name}'`).join(", ");
}

/** The shape that a model takes, as people write it: a batch may have any number of rows. */
function declaredShape(shape: readonly number[], batched: boolean): string {
  return batched ? shapeText(["rows", ...shape.slice(1)]) : shapeText(shape);
}
