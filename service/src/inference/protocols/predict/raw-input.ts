import { ServiceError } from "../../../server/errors.js";
import { arrayOf, type FixedDatatype } from "../../../tensors/datatypes.js";
import type { ServedModel } from "../../engine/engine.js";
import type { ImagePreprocess } from "../../../models/model-config.js";
import { imageTensor, rowShape, scaled } from "../../../pictures/picture-tensor.js";
import type { Tensor, TensorSpec } from "../../../tensors/tensor.js";
import { mainInput, type Tensors } from "../rows.js";
import { readNumbers } from "../../../tensors/bytes.js";
import { product } from "../../../tensors/shape.js";

/**
 * A body of raw bytes, one row or several. For models that take pictures: a byte per pixel (0 to 255, scaled as
 * config.json says), or values of the input's own datatype as the model takes them, told apart by length or by
 * `datatype`. For other models: the input's own datatype. Values are little-endian.
 */
export function tensorsFromBytes(model: ServedModel, body: Buffer, datatype: string | undefined): Tensors {
  if (body.length === 0) {
    throw new ServiceError("invalid_input", "The request body is empty.");
  }
  const spec = mainInput(model);
  const { preprocess } = model.config;
  checkDatatype(spec, datatype, preprocess === undefined ? [spec.datatype] : ["UINT8", spec.datatype]);
  const tensor =
    preprocess === undefined ? ownBytes(body, spec) : pictureBytes(body, preprocess, spec, datatype);
  return { [spec.name]: tensor };
}

function checkDatatype({ name }: TensorSpec, asked: string | undefined, taken: readonly string[]): void {
  if (asked !== undefined && !taken.includes(asked)) {
    const choice = [...new Set(taken)].join(" or ");
    throw new ServiceError("invalid_input", `The parameter datatype must be ${choice} for input ${name}.`, {
      path: "datatype",
    });
  }
}

function ownBytes(body: Buffer, spec: TensorSpec): Tensor {
  const { datatype } = spec;
  const shape =
    datatype === "BYTES" || spec.unranked ? undefined : shapeOf(body.length, spec, elementBytes(datatype));
  if (shape === undefined || datatype === "BYTES") {
    throw new ServiceError(
      "unsupported_media_type",
      `Input ${spec.name} cannot be sent as raw bytes, which tell no shape; send JSON or use the V2 protocol.`,
    );
  }
  return { datatype, shape, data: readNumbers(body, datatype, product(shape), "body") };
}

/** The shape that so many bytes have, where they tell it: whole rows, or rows of the one length that is free. */
function shapeOf(bytes: number, { shape, datatype }: TensorSpec, size: number): number[] | undefined {
  const [rows, ...item] = shape;
  const known = item.filter((length) => length !== -1);
  const values = `${product(known)} ${datatype} values`;
  if (rows === undefined) {
    return [];
  }
  if (known.length === item.length) {
    return [wholeRows(bytes, product(item) * size, values), ...item];
  }
  if (rows === -1 || item.length - known.length > 1) {
    return undefined;
  }
  const free = wholeRows(bytes, rows * product(known) * size, `${rows} times ${values}`);
  return [rows, ...item.map((length) => (length === -1 ? free : length))];
}

function elementBytes(datatype: FixedDatatype): number {
  return arrayOf(datatype).BYTES_PER_ELEMENT;
}

function pictureBytes(
  body: Buffer,
  config: ImagePreprocess,
  spec: TensorSpec,
  datatype: string | undefined,
): Tensor {
  const own = spec.datatype === "BYTES" ? "FP32" : spec.datatype;
  const item = rowShape(config);
  const length = product(item);
  if ((datatype ?? guess(body.length, length, own)) === "UINT8") {
    const rows = wholeRows(body.length, length, `${length} pixels`);
    const values = scaled(body, config);
    return own === "FP32"
      ? { datatype: own, shape: [rows, ...item], data: values }
      : imageTensor(splitRows(values, rows, length), config, own);
  }
  const rows = wholeRows(body.length, length * elementBytes(own), `${length} ${own} values`);
  const data = readNumbers(body, own, rows * length, "body");
  const fault =
    own === "FP16"
      ? data.findIndex(isInfiniteHalf)
      : data.findIndex((value: unknown) => !Number.isFinite(value));
  if (fault >= 0) {
    throw new ServiceError("invalid_input", `Value ${fault} of the body is not a finite number.`, {
      path: `body[${fault}]`,
    });
  }
  return { datatype: own, shape: [rows, ...item], data };
}

function splitRows(values: Float32Array, rows: number, length: number): Float32Array[] {
  return Array.from({ length: rows }, (_, row) => values.subarray(row * length, (row + 1) * length));
}

/** Whether a pattern of 16 bits is an infinity or NaN: all bits of the exponent are set. */
function isInfiniteHalf(pattern: unknown): boolean {
  return (Number(pattern) & 0x7c00) === 0x7c00;
}

/** Several rows whose length fits both datatypes are ambiguous; a single one is not, because its own is then meant. */
function guess(bytes: number, length: number, own: FixedDatatype): FixedDatatype {
  const size = elementBytes(own);
  if (size === 1 || bytes % (length * size) !== 0) {
    return "UINT8";
  }
  if (bytes === length * size) {
    return own;
  }
  throw new ServiceError(
    "invalid_input",
    `${bytes} bytes are ${bytes / length} rows of UINT8 or ${bytes / length / size} of ${own}: say which with ?datatype=.`,
    { path: "datatype" },
  );
}

function wholeRows(bytes: number, rowBytes: number, row: string): number {
  if (bytes % rowBytes === 0) {
    return bytes / rowBytes;
  }
  throw new ServiceError(
    "invalid_input",
    `The body has ${bytes} bytes; a row of ${row} is ${rowBytes} bytes.`,
    { path: "body" },
  );
}
