import type { Datatype } from "./tensor.js";

/** Lowest and highest value of the integers that a JSON number holds exactly. */
export const INTEGER_RANGES = {
  UINT8: [0, 255],
  UINT16: [0, 65_535],
  UINT32: [0, 4_294_967_295],
  INT8: [-128, 127],
  INT16: [-32_768, 32_767],
  INT32: [-2_147_483_648, 2_147_483_647],
} as const satisfies Partial<Record<Datatype, readonly [number, number]>>;

export const BIG_INTEGER_RANGES = {
  UINT64: [0n, 2n ** 64n - 1n],
  INT64: [-(2n ** 63n), 2n ** 63n - 1n],
} as const satisfies Partial<Record<Datatype, readonly [bigint, bigint]>>;
