import { DATATYPES, type Datatype, type TensorData } from "./datatypes.js";
import type { Tensor } from "./tensor.js";
import { fromFloat16 } from "./float16.js";
import { floatJson, type NonFinite } from "./non-finite.js";
import { product } from "./shape.js";

/** JSON text of elements `from` to `to` as one flat array. 64-bit integers are written with all their digits. */
export function flatJson(
  data: TensorData,
  datatype: Datatype,
  nonFinite: NonFinite,
  from = 0,
  to = data.length,
): string {
  const text = WRITERS[DATATYPES[datatype].kind];
  let json = "[";
  for (let index = from; index < to; index += 1) {
    json += (index > from ? "," : "") + text(data[index] ?? 0, nonFinite);
  }
  return `${json}]`;
}

type Element = number | bigint | string;
type Writer = (value: Element, nonFinite: NonFinite) => string;

const WRITERS: Readonly<Record<(typeof DATATYPES)[Datatype]["kind"], Writer>> = {
  boolean: (value) => (value === 0 ? "false" : "true"),
  integer: (value) => String(value),
  long: (value) => String(value),
  half: (value, nonFinite) => floatJson(fromFloat16(Number(value)), nonFinite),
  float: (value, nonFinite) => floatJson(Number(value), nonFinite),
  text: (value) => JSON.stringify(value),
};

/** JSON text of a tensor as nested arrays; a scalar for a tensor without dimensions. */
export function nestedJson({ data, datatype, shape }: Tensor, nonFinite: NonFinite): string {
  const last = shape.length - 1;
  function level(dimension: number, offset: number): string {
    const size = shape[dimension] ?? 0;
    if (dimension === last) {
      return flatJson(data, datatype, nonFinite, offset, offset + size);
    }
    const stride = product(shape.slice(dimension + 1));
    return `[${Array.from({ length: size }, (_, index) => level(dimension + 1, offset + index * stride)).join(",")}]`;
  }
  return last < 0 ? flatJson(data, datatype, nonFinite, 0, 1).slice(1, -1) : level(0, 0);
}

/** JSON texts of a tensor's rows: its slices along the first dimension. */
export function rowsJson(tensor: Tensor, nonFinite: NonFinite): string[] {
  const [rows = 0, ...shape] = tensor.shape;
  const stride = product(shape);
  return Array.from({ length: rows }, (_, row) =>
    nestedJson(
      { datatype: tensor.datatype, shape, data: tensor.data.slice(row * stride, (row + 1) * stride) },
      nonFinite,
    ),
  );
}
