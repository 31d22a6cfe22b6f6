import { ServiceError } from "../../../server/errors.js";
import { arrayOf } from "../../../tensors/datatypes.js";
import type { ServedModel } from "../../engine/engine.js";
import type { ImagePreprocess } from "../../../models/model-config.js";
import { rowShape, scaled } from "../../../pictures/picture-tensor.js";
import type { Tensor, TensorSpec } from "../../../tensors/tensor.js";
import { mainInput, type Tensors } from "../rows.js";
import { readBytes } from "../../../tensors/bytes.js";
import { product } from "../../../tensors/shape.js";

const FLOAT_BYTES = Float32Array.BYTES_PER_ELEMENT;

/**
 * A body of raw bytes, one row or several. For models that take pictures: a byte per pixel (0 to 255, scaled as
 * config.json says), or little-endian FP32 values as the model takes them, told apart by length or by `datatype`.
 * For other models: the input's own datatype, little-endian.
 */
export function tensorsFromBytes(model: ServedModel, body: Buffer, datatype: string | undefined): Tensors {
  if (body.length === 0) {
    throw new ServiceError("invalid_input", "The request body is empty.");
  }
  const spec = mainInput(model);
  const { preprocess } = model.config;
  const tensor = preprocess === undefined ? ownBytes(body, spec) : pictureBytes(body, preprocess, datatype);
  return { [spec.name]: tensor };
}

function ownBytes(body: Buffer, spec: TensorSpec): Tensor {
  const [, ...item] = spec.shape;
  if (spec.datatype === "BYTES" || item.includes(-1)) {
    throw new ServiceError(
      "unsupported_media_type",
      `Input ${spec.name} cannot be sent as raw bytes, which tell no shape; send JSON or use the V2 protocol.`,
    );
  }
  const length = product(item);
  const rows = wholeRows(
    body.length,
    length * arrayOf(spec.datatype).BYTES_PER_ELEMENT,
    `${length} ${spec.datatype} values`,
  );
  return {
    datatype: spec.datatype,
    shape: [rows, ...item],
    data: readBytes(body, spec.datatype, rows * length, "body"),
  };
}

function pictureBytes(body: Buffer, config: ImagePreprocess, datatype: string | undefined): Tensor {
  const item = rowShape(config);
  const length = product(item);
  if ((datatype ?? guess(body.length, length)) === "UINT8") {
    const rows = wholeRows(body.length, length, `${length} pixels`);
    return { datatype: "FP32", shape: [rows, ...item], data: scaled(body, config) };
  }
  const rows = wholeRows(body.length, length * FLOAT_BYTES, `${length} FP32 values`);
  const data = readBytes(body, "FP32", rows * length, "body");
  const fault = data.findIndex((value: unknown) => !Number.isFinite(value));
  if (fault >= 0) {
    throw new ServiceError("invalid_input", `Value ${fault} of the body is not a finite number.`, {
      path: `body[${fault}]`,
    });
  }
  return { datatype: "FP32", shape: [rows, ...item], data };
}

/** Several rows whose length fits both datatypes are ambiguous; a single one is not, because FP32 is then meant. */
function guess(bytes: number, length: number): "UINT8" | "FP32" {
  if (bytes === length * FLOAT_BYTES) {
    return "FP32";
  }
  if (bytes % (length * FLOAT_BYTES) !== 0) {
    return "UINT8";
  }
  throw new ServiceError(
    "invalid_input",
    `${bytes} bytes are ${bytes / length} rows of UINT8 or ${bytes / length / FLOAT_BYTES} of FP32: say which with ?datatype=.`,
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
