import {
  add,
  constant,
  divide,
  isPositive,
  isWhole,
  multiply,
  numberIn,
  ONE,
  subtract,
  ZERO,
  type Length,
} from "./lengths.js";
import type { Symbols } from "./symbols.js";

/** What an operator computes from one element of each input; `integer` when they are whole numbers. */
export type Compute = (symbols: Symbols, operands: readonly Length[], integer: boolean) => Length;

/**
 * Element-wise operators that shapes are computed with. What cannot be told for all lengths gets a name: the same for
 * the same operands.
 */
export const COMPUTE: ReadonlyMap<string, Compute> = new Map<string, Compute>([
  ["Add", (_, [left = ZERO, right = ZERO]) => add(left, right)],
  ["Sub", (_, [left = ZERO, right = ZERO]) => subtract(left, right)],
  ["Mul", (_, [left = ZERO, right = ZERO]) => multiply(left, right)],
  ["Div", quotient],
  [
    "Mod",
    byNumbers("Mod", (left, right, integer) =>
      integer && right > 0 && left >= 0 ? left % right : undefined,
    ),
  ],
  ["Neg", (_, [operand = ZERO]) => subtract(ZERO, operand)],
  [
    "Abs",
    (symbols, [operand = ZERO]) =>
      isPositive(operand) ? operand : byNumber("Abs", Math.abs)(symbols, [operand], true),
  ],
  ["Floor", rounded("Floor", Math.floor)],
  ["Ceil", rounded("Ceil", Math.ceil)],
  ["Sqrt", byNumber("Sqrt", Math.sqrt)],
  ["Max", extreme("Max", Math.max)],
  ["Min", extreme("Min", Math.min)],
  ["Equal", comparison("Equal", (sign) => sign === 0)],
  ["Less", comparison("Less", (sign) => sign < 0)],
  ["LessOrEqual", comparison("LessOrEqual", (sign) => sign <= 0)],
  ["Greater", comparison("Greater", (sign) => sign > 0)],
  ["GreaterOrEqual", comparison("GreaterOrEqual", (sign) => sign >= 0)],
  ["Not", byNumber("Not", (value) => Number(value === 0))],
  ["And", byNumbers("And", (left, right) => Number(left !== 0 && right !== 0))],
  ["Or", byNumbers("Or", (left, right) => Number(left !== 0 || right !== 0))],
  ["Where", chosen],
  ["Identity", (_, [operand = ZERO]) => operand],
]);

/** The element that Cast makes of `operand`; `to` tells whether the result is whole, true or false, or neither. */
export function cast(symbols: Symbols, operand: Length, to: "whole" | "boolean" | "real"): Length {
  if (to === "boolean") {
    return isPositive(operand)
      ? ONE
      : byNumber("boolean", (value) => Number(value !== 0))(symbols, [operand], true);
  }
  return to === "whole" ? rounded("whole", Math.trunc)(symbols, [operand], false) : operand;
}

function quotient(symbols: Symbols, [left = ZERO, right = ONE]: readonly Length[], integer: boolean): Length {
  const exact = divide(left, right);
  if (exact !== undefined) {
    return exact;
  }
  const [above, below] = [numberIn(left), numberIn(right)];
  if (above !== undefined && below !== undefined && below !== 0) {
    return constant(integer ? Math.trunc(above / below) : above / below);
  }
  return symbols.of("u", integer ? "quotient" : "ratio", [left, right]);
}

/** 1 or 0 as the sign of the difference tells, where it is the same for all lengths. */
function comparison(term: string, holds: (sign: number) => boolean): Compute {
  return (symbols, [left = ZERO, right = ZERO]) => {
    const difference = subtract(left, right);
    const sign = signOf(difference);
    return sign === undefined ? symbols.of("u", term, [left, right]) : constant(Number(holds(sign)));
  };
}

/** Sizes are at least 1, so that a sum of them less a smaller number has a sign too. */
function signOf(length: Length): number | undefined {
  if (length.size === 0) {
    return 0;
  }
  const value = numberIn(length);
  if (value !== undefined) {
    return Math.sign(value);
  }
  return isAbove(length) ? 1 : isAbove(subtract(ZERO, length)) ? -1 : undefined;
}

function isAbove(length: Length): boolean {
  const rest = new Map(length);
  const fixed = rest.get("") ?? 0;
  rest.delete("");
  const least = [...rest.values()].reduce((sum, count) => sum + count, 0);
  return isPositive(rest) && least + fixed > 0;
}

function extreme(term: string, pick: (left: number, right: number) => number): Compute {
  return (symbols, operands) =>
    operands.reduce((left, right) => {
      const sign = signOf(subtract(left, right));
      if (sign === undefined) {
        return symbols.of("u", term, [left, right]);
      }
      return pick(sign, 0) === sign ? left : right;
    });
}

function chosen(symbols: Symbols, [condition = ZERO, yes = ZERO, no = ZERO]: readonly Length[]): Length {
  const value = numberIn(condition);
  if (value !== undefined) {
    return value === 0 ? no : yes;
  }
  return symbols.of("u", "Where", [condition, yes, no]);
}

function rounded(term: string, round: (value: number) => number): Compute {
  return (symbols, [operand = ZERO], integer) =>
    integer || isWhole(operand) ? operand : byNumber(term, round)(symbols, [operand], integer);
}

function byNumber(term: string, compute: (value: number) => number): Compute {
  return (symbols, [operand = ZERO]) => {
    const value = numberIn(operand);
    return value === undefined ? symbols.of("u", term, [operand]) : constant(compute(value));
  };
}

function byNumbers(
  term: string,
  compute: (left: number, right: number, integer: boolean) => number | undefined,
): Compute {
  return (symbols, [left = ZERO, right = ZERO], integer) => {
    const [first, second] = [numberIn(left), numberIn(right)];
    const value = first === undefined || second === undefined ? undefined : compute(first, second, integer);
    return value === undefined ? symbols.of("u", term, [left, right]) : constant(value);
  };
}
