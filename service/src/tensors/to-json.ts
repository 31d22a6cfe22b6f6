import { DATATYPES, type Datatype } from "./datatypes.js";
import type { Tensor } from "./tensor.js";
import { fromFloat16 } from "./float16.js";
import { floatJson, type NonFinite } from "./non-finite.js";
import { product } from "./shape.js";

/** Characters from which a piece of text ends. */
const A_PIECE = 64 * 1024;

/** JSON text, in pieces, of elements `from` to `to` as one flat array. 64-bit integers are written with all their digits. */
export function* flatJson(
  { data, datatype }: Pick<Tensor, "data" | "datatype">,
  nonFinite: NonFinite,
  from = 0,
  to = data.length,
): Generator<string> {
  const text = WRITERS[DATATYPES[datatype].kind];
  let json = "[";
  for (let index = from; index < to; index += 1) {
    json += (index > from ? "," : "") + text(data[index] ?? 0, nonFinite);
    if (json.length > A_PIECE) {
      yield json;
      json = "";
    }
  }
  yield `${json}]`;
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

/** JSON text, in pieces, of a tensor as nested arrays; a scalar for a tensor without dimensions. */
export function* nestedJson(tensor: Tensor, nonFinite: NonFinite): Generator<string> {
  const { shape } = tensor;
  if (shape.length === 0) {
    yield [...flatJson(tensor, nonFinite, 0, 1)].join("").slice(1, -1);
    return;
  }
  // In a dimension of no size there is nothing to write of those within it.
  const empty = shape.indexOf(0);
  const sizes = empty < 0 ? shape : shape.slice(0, empty + 1);
  const size = sizes.at(-1) ?? 0;
  // For each outer dimension, how many of the innermost arrays one of its arrays holds.
  const spans = sizes.slice(0, -1).map((_, dimension) => product(sizes.slice(dimension, -1)));
  const rows = spans[0] ?? 1;
  for (let row = 0; row < rows; row += 1) {
    const opened = spans.filter((span) => row % span === 0).length;
    const closed = spans.filter((span) => (row + 1) % span === 0).length;
    yield (row > 0 ? "," : "") + "[".repeat(opened);
    yield* flatJson(tensor, nonFinite, row * size, (row + 1) * size);
    yield "]".repeat(closed);
  }
}
