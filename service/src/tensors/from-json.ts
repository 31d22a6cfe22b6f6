import { ServiceError } from "../server/errors.js";
import { ELEMENT_ARRAYS } from "./element-arrays.js";
import { takeFloats } from "./spare-floats.js";
import type { Datatype, TensorData } from "./tensor.js";
import { BIG_INTEGER_RANGES, INTEGER_RANGES } from "./integer-ranges.js";
import { toFloat16 } from "./float16.js";
import { isWholeText } from "./text.js";
import { product, type Locate } from "./shape.js";

/** Puts one JSON value into the array at `index`; false when the value does not fit the datatype. */
type Store = (value: unknown, index: number) => boolean;

/** Puts a row of JSON values into the array from `offset` on; the index of the first that does not fit, -1 for none. */
type StoreRow = (row: readonly unknown[], offset: number) => number;

/**
 * Row-major data of nested arrays whose shape is `shape` (as `nestedShape` gives it).
 * Throws invalid_input with the exact path of the first value that is no `datatype` or sits in a ragged array.
 */
export function readNested(
  values: unknown,
  shape: readonly number[],
  datatype: Datatype,
  locate: Locate,
): TensorData {
  const { data, storeRow } = createStore(datatype, product(shape));
  const indices: number[] = [];
  const depth = shape.length;

  function leaves(row: readonly unknown[], offset: number): void {
    const fault = storeRow(row, offset);
    if (fault >= 0) {
      throw badValue(row[fault], datatype, locate([...indices, fault]));
    }
  }

  function walk(level: unknown, dimension: number, offset: number): void {
    const size = shape[dimension] ?? 0;
    if (!Array.isArray(level) || level.length !== size) {
      throw ragged(level, size, locate(indices));
    }
    if (dimension === depth - 1) {
      return leaves(level, offset);
    }
    const stride = product(shape.slice(dimension + 1));
    for (let index = 0; index < size; index += 1) {
      indices.push(index);
      walk(level[index], dimension + 1, offset + index * stride);
      indices.pop();
    }
  }

  if (depth > 0) {
    walk(values, 0, 0);
  } else if (storeRow([values], 0) >= 0) {
    throw badValue(values, datatype, locate([]));
  }
  return data;
}

function ragged(level: unknown, size: number, path: string): ServiceError {
  const found = Array.isArray(level) ? `${level.length} values` : kindOf(level);
  return new ServiceError("invalid_input", `${path} holds ${found} where ${size} values are expected.`, {
    path,
  });
}

function badValue(value: unknown, datatype: Datatype, path: string): ServiceError {
  return new ServiceError("invalid_input", `${path} is ${shown(value)}, which is no ${NAMES[datatype]}.`, {
    path,
  });
}

const NAMES: Readonly<Record<Datatype, string>> = {
  BOOL: "boolean",
  UINT8: "whole number from 0 to 255",
  UINT16: "whole number from 0 to 65535",
  UINT32: "whole number from 0 to 4294967295",
  UINT64: "whole number from 0 to 2^64 - 1, written with all its digits",
  INT8: "whole number from -128 to 127",
  INT16: "whole number from -32768 to 32767",
  INT32: "whole number from -2^31 to 2^31 - 1",
  INT64: "whole number from -2^63 to 2^63 - 1, written with all its digits",
  FP16: "finite 16-bit number",
  FP32: "finite 32-bit number",
  FP64: "finite number",
  BYTES: "string of Unicode text without NUL",
};

function kindOf(value: unknown): string {
  return value === null ? "null" : Array.isArray(value) ? "an array" : `a ${typeof value}`;
}

/** A value as an error shows it: short, and never a whole document. */
function shown(value: unknown): string {
  if (typeof value === "string") {
    return value.length > 40 ? `text of ${value.length} characters` : JSON.stringify(value);
  }
  if (typeof value === "number" || typeof value === "boolean" || typeof value === "bigint") {
    return String(value);
  }
  if (value === undefined) {
    return "absent";
  }
  return typeof value === "object" && value !== null && !Array.isArray(value) ? "an object" : kindOf(value);
}

interface RowStore {
  readonly data: TensorData;
  readonly storeRow: StoreRow;
}

/** An empty array for `length` elements, and the check and store of a row of them. */
function createStore(datatype: Datatype, length: number): RowStore {
  switch (datatype) {
    case "BYTES": {
      const data = new Array<string>(length).fill("");
      return oneByOne(
        data,
        (value, index) => typeof value === "string" && isWholeText(value) && put(data, index, value),
      );
    }
    case "BOOL": {
      const data = new Uint8Array(length);
      return oneByOne(data, (value, index) => isBoolean(value) && put(data, index, Number(value)));
    }
    case "FP32":
      return floats(takeFloats(length));
    case "FP64":
      return floats(new Float64Array(length));
    case "FP16": {
      const data = new Uint16Array(length);
      const store: Store = (value, index) =>
        typeof value === "number" && Math.abs(value) < 65_520 && put(data, index, toFloat16(value));
      return oneByOne(data, store);
    }
    case "INT64":
    case "UINT64": {
      const data = datatype === "INT64" ? new BigInt64Array(length) : new BigUint64Array(length);
      return oneByOne(data, bigIntegerStore(data, BIG_INTEGER_RANGES[datatype]));
    }
    default: {
      const data = new ELEMENT_ARRAYS[datatype](length) as Uint8Array;
      const [lowest, highest] = INTEGER_RANGES[datatype];
      const store: Store = (value, index) =>
        Number.isInteger(value) &&
        inRange(value as number, lowest, highest) &&
        put(data, index, value as number);
      return oneByOne(data, store);
    }
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
          return index;
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

function inRange(value: number, lowest: number, highest: number): boolean {
  return value >= lowest && value <= highest;
}

function isBoolean(value: unknown): value is boolean | 0 | 1 {
  return typeof value === "boolean" || value === 0 || value === 1;
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
