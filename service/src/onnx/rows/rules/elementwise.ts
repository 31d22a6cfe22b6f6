import { broadcast, placementOf } from "../broadcasting.js";
import { foldCast, foldElementwise, isWholeType } from "../fold.js";
import type { Operation } from "../operation.js";
import type { Known } from "../values.js";
import { each, relaid, type Rule } from "./rule.js";

/** Operators that compute each element from the elements at its place, the inputs stretched to one shape. */
export const ELEMENTWISE: readonly [string, Rule][] = [
  ...each(
    "Abs Acos Acosh Asin Asinh Atan Atanh BitwiseNot Ceil Celu Cos Cosh Elu Erf Exp Floor Gelu HardSigmoid HardSwish " +
      "IsInf IsNaN LeakyRelu Log Mish Neg Not Reciprocal RegexFullMatch Relu Round Selu Shrink Sigmoid Sign Sin Sinh " +
      "Softplus Softsign Sqrt Swish Tan Tanh ThresholdedRelu Affine ParametricSoftplus ScaledTanh",
    elementwise,
  ),
  ...each(
    "Add And BitShift BitwiseAnd BitwiseOr BitwiseXor Clip Div Equal Greater GreaterOrEqual Less LessOrEqual Max Mean " +
      "Min Mod Mul Or PRelu Pow StringConcat Sub Sum Where Xor",
    elementwise,
  ),
  ["Cast", castTo],
  ["CastLike", castLike],
  ["BitCast", bitCast],
  ["Identity", identity],
  ["Dropout", dropout],
  ["StringNormalizer", stringNormalizer],
];

/** Row numbers stay what they are as other whole numbers. */
function castTo(operation: Operation): Known {
  const input = operation.input(0);
  const isNumbers = input.kind === "rows" && input.numbers === true;
  return (
    foldCast(operation) ?? (isNumbers && isWholeType(operation.int("to", 0)) ? input : elementwise(operation))
  );
}

/** Each element from those at its place. */
export function elementwise(operation: Operation): Known {
  const folded = foldElementwise(operation);
  if (folded !== undefined) {
    return folded;
  }
  const inputs = operation.inputs.filter((input) => input !== undefined);
  const { rows, shape } = broadcast(operation, inputs.map(placementOf));
  return operation.output(rows, shape);
}

/** The first input as it is. */
export function identity(operation: Operation): Known {
  return operation.input(0);
}

/** The element type of the second input, whatever it holds. */
function castLike(operation: Operation): Known {
  const { rows, shape } = placementOf(operation.input(0));
  return operation.output(rows, shape, [1]);
}

/** Elements of another size would change the last dimension. */
function bitCast(operation: Operation): Known {
  return operation.undecided("is not analysed");
}

function dropout(operation: Operation): readonly Known[] {
  const training = operation.inputs[2];
  if (training !== undefined && operation.numbers(2)?.[0] !== 0) {
    return operation.undecided("may be in training, where it drops elements by chance");
  }
  const input = operation.input(0);
  const { rows, shape } = placementOf(input);
  return [relaid(operation, input, { rows, shape }, [1, 2]), operation.output(rows, shape, [1, 2])];
}

/** Drops stop words, so that later strings move up. */
function stringNormalizer(operation: Operation): Known {
  if (operation.has("stopwords")) {
    operation.touching("leaves out words, so that later rows take their places");
  }
  return elementwise(operation);
}
