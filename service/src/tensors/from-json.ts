import { ServiceError } from "../server/errors.js";
import { BARE_NUMBER } from "../server/http/bare-numbers.js";
import { isList, partsOf, type JsonList } from "../server/http/long-list.js";
import { giveTurn } from "../server/turns.js";
import { shortened } from "../server/quoted.js";
import { takeFloats } from "./spare-floats.js";
import { allocate, DATATYPES, rowOf, type Datatype, type TensorData } from "./datatypes.js";
import { toFloat16 } from "./float16.js";
import { nonFiniteOf } from "./non-finite.js";
import { checkTextCount, isWholeText } from "./text.js";
import type { Locate } from "./shape.js";
import type { TensorSpec } from "./tensor.js";

/** Puts one JSON value into the array at `index`; false when the value does not fit the datatype. */
type Store = (value: unknown, index: number) => boolean;

/** Puts a row of JSON values into the array from `offset` on; the index of the first that does not fit, -1 for none. */
type StoreRow = (row: readonly unknown[], offset: number) => number;

/** Values and lists between two chances for the event loop to turn: a millisecond's work, or less. */
const A_SLICE = 8192;

/** The same of texts, each of which may be long. */
const A_SLICE_OF_TEXTS = 64;

/**
 * Row-major data of nested arrays that claim to have `shape` (see `nestedShape`), for the input called `name`. Nothing is
 * allocated before every array is known to be there and as long as it should be.
 * Rejects with invalid_input and the exact path of the first array of another length, or else of the first value that is no
 * `datatype`.
 */
export async function readNested(
  values: unknown,
  shape: readonly number[],
  { name, datatype }: Pick<TensorSpec, "name" | "datatype">,
  locate: Locate,
): Promise<TensorData> {
  const rows = await innermost(values, shape, locate);
  const length = rows.length * (shape.at(-1) ?? 1);
  if (datatype === "BYTES") {
    checkTextCount(length, locate([]));
  }
  const { data, storeRow } = createStore(datatype, length);
  const slice = datatype === "BYTES" ? A_SLICE_OF_TEXTS : A_SLICE;
  let untilTurn = slice;
  let offset = 0;
  for (const part of slicesOf(rows, slice)) {
    const fault = storeRow(part, offset);
    if (fault >= 0) {
      throw badValue(part[fault], datatype, name, locate(placeOf(offset + fault, shape)));
    }
    offset += part.length;
    untilTurn -= part.length + 1;
    if (untilTurn < 0) {
      untilTurn = slice;
      await giveTurn();
    }
  }
  return data;
}

/** The items of all rows in order, in slices of one row each. */
function* slicesOf(rows: readonly JsonList[], size: number): Generator<readonly unknown[]> {
  for (const row of rows) {
    for (const part of partsOf(row)) {
      if (part.length <= size) {
        yield part;
        continue;
      }
      for (let from = 0; from < part.length; from += size) {
        yield part.slice(from, from + size);
      }
    }
  }
}

/** The innermost arrays in order, one of one value for a scalar; every array on the way is as long as `shape` says. */
async function innermost(values: unknown, shape: readonly number[], locate: Locate): Promise<JsonList[]> {
  let lists: JsonList[] = [[values]];
  for (const [dimension, size] of shape.entries()) {
    const below: JsonList[] = [];
    for (const item of itemsOf(lists)) {
      if (!isList(item) || item.length !== size) {
        throw ragged(item, size, locate(placeOf(below.length, shape.slice(0, dimension))));
      }
      below.push(item);
      if (below.length % A_SLICE === 0) {
        await giveTurn();
      }
    }
    lists = below;
  }
  return lists;
}

function* itemsOf(lists: readonly JsonList[]): Generator<unknown> {
  for (const list of lists) {
    for (const part of partsOf(list)) {
      yield* part;
    }
  }
}

/** The indices of element `index` of a tensor, or of an array in it. */
function placeOf(index: number, shape: readonly number[]): number[] {
  const place: number[] = [];
  let rest = index;
  for (const size of shape.toReversed()) {
    place.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return place;
}

function ragged(level: unknown, size: number, path: string): ServiceError {
  const found = isList(level) ? `${level.length} values` : kindOf(level);
  return new ServiceError("invalid_input", `${path} holds ${found} where ${size} values are expected.`, {
    path,
  });
}

function badValue(value: unknown, datatype: Datatype, name: string, path: string): ServiceError {
  return new ServiceError(
    "invalid_input",
    `${path} is ${shown(value)}, which is not ${DATATYPES[datatype].value}: input ${shortened(name)} is ${datatype}.`,
    { path },
  );
}

function kindOf(value: unknown): string {
  return value === null ? "null" : isList(value) ? "an array" : `a ${typeof value}`;
}

/** A value as an error shows it: short, and never a whole document. */
function shown(value: unknown): string {
  if (typeof value === "string") {
    if (value.startsWith(BARE_NUMBER)) {
      return value.slice(BARE_NUMBER.length, 40);
    }
    return value.length > 40 ? `text of ${value.length} characters` : JSON.stringify(value);
  }
  if (typeof value === "number" || typeof value === "boolean" || typeof value === "bigint") {
    return shortened(String(value));
  }
  if (value === undefined) {
    return "absent";
  }
  return typeof value === "object" && value !== null && !isList(value) ? "an object" : kindOf(value);
}

interface RowStore {
  readonly data: TensorData;
  readonly storeRow: StoreRow;
}

/** An empty array for `length` elements, and the check and store of a row of them. */
function createStore(datatype: Datatype, length: number): RowStore {
  const data = datatype === "FP32" ? takeFloats(length) : allocate(datatype, length);
  const { kind, range } = rowOf(datatype);
  switch (kind) {
    case "float":
      return floats(data as Float32Array | Float64Array);
    case "boolean":
      return oneByOne(
        data,
        (value, index) => isBoolean(value) && put(data as Uint8Array, index, Number(value)),
      );
    case "text":
      return oneByOne(data, (value, index) => isText(value) && put(data as string[], index, value));
    case "half":
      return oneByOne(data, halfStore(data as Uint16Array));
    case "integer":
      return oneByOne(data, integerStore(data as Int32Array, range as readonly [number, number]));
    case "long":
      return oneByOne(data, bigIntegerStore(data as BigInt64Array, range as readonly [bigint, bigint]));
  }
}

function oneByOne(data: TensorData, store: Store): RowStore {
  return {
    data,
    storeRow: (row, offset) => row.findIndex((value, index) => !store(value, offset + index)),
  };
}

/** Most of all values that come as JSON: a loop without a call per value takes half the time. */
function floats(data: Float32Array | Float64Array): RowStore {
  return {
    data,
    storeRow(row, offset) {
      for (let index = 0; index < row.length; index += 1) {
        const value = row[index];
        if (typeof value !== "number") {
          const missing = nonFiniteOf(value);
          if (missing === undefined) {
            return index;
          }
          data[offset + index] = missing;
          continue;
        }
        data[offset + index] = value;
        // Checked after it is stored, so that what overflows 32 bits is caught too.
        if (!Number.isFinite(data[offset + index])) {
          return index;
        }
      }
      return -1;
    },
  };
}

function put<T>(data: { [index: number]: T }, index: number, value: T): true {
  data[index] = value;
  return true;
}

function isBoolean(value: unknown): value is boolean | 0 | 1 {
  return typeof value === "boolean" || value === 0 || value === 1;
}

function isText(value: unknown): value is string {
  return typeof value === "string" && isWholeText(value);
}

/** Numbers that are finite once they are rounded to 16 bits, and what is said to be none. */
function halfStore(data: Uint16Array): Store {
  return (value, index) => {
    const isHalf = typeof value === "number" && Math.abs(value) < 65_520;
    const number = isHalf ? value : nonFiniteOf(value);
    return number !== undefined && put(data, index, toFloat16(number));
  };
}

function integerStore(data: Int32Array, [lowest, highest]: readonly [number, number]): Store {
  return (value, index) => isInteger(value) && value >= lowest && value <= highest && put(data, index, value);
}

function isInteger(value: unknown): value is number {
  return Number.isInteger(value);
}

const DECIMAL = /^-?\d{1,20}$/;

/** Numbers that JSON holds exactly, bigints of an exact parser, and decimal strings. */
function bigIntegerStore(
  data: BigInt64Array | BigUint64Array,
  [lowest, highest]: readonly [bigint, bigint],
): Store {
  return (value, index) => {
    const exact =
      typeof value === "bigint" ||
      Number.isSafeInteger(value) ||
      (typeof value === "string" && DECIMAL.test(value));
    if (!exact) {
      return false;
    }
    const integer = BigInt(value as bigint | number | string);
    return integer >= lowest && integer <= highest && put(data, index, integer);
  };
}
