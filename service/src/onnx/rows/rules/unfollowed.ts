import type { Operation } from "../operation.js";
import { rowsOf, type Known } from "../values.js";
import { each, type Rule } from "./rule.js";

/** What a row gets from these depends on what was drawn before, so that not even constants stay the same. */
export const RANDOM: ReadonlySet<string> = new Set([
  "Bernoulli",
  "Multinomial",
  "RandomNormal",
  "RandomNormalLike",
  "RandomUniform",
  "RandomUniformLike",
]);

/** Operators that are followed with constants alone, and why not with rows. */
export const UNFOLLOWED: readonly [string, Rule][] = [
  ...[...RANDOM].flatMap((name) => each(name, random)),
  ...each("NonZero", nonZero),
  ...each(
    "Compress Unique StringSplit Tokenizer",
    unless("gives as many elements as all rows together ask for"),
  ),
  ...each("NonMaxSuppression", unless("gives one list of boxes for all rows")),
  ...each(
    "SequenceAt SequenceConstruct SequenceEmpty SequenceErase SequenceInsert SequenceLength SplitToSequence " +
      "ConcatFromSequence SequenceMap Optional OptionalGetElement OptionalHasElement",
    unless("is about sequences, which are not followed"),
  ),
  ...each(
    "EyeLike MaxUnpool MaxRoiPool RoiAlign Det DFT STFT CenterCropPad Col2Im HannWindow HammingWindow BlackmanWindow " +
      "MelWeightMatrix TensorScatter ImageDecoder",
    unless("is not followed"),
  ),
];

function random(operation: Operation): Known {
  return operation.undecided("draws numbers by chance");
}

function unless(phrase: string): Rule {
  return (operation) => {
    if (operation.inputs.some((input) => rowsOf(input) !== undefined)) {
      operation.undecided(phrase);
    }
    return operation.node.outputs.map(() => operation.output(undefined, undefined));
  };
}

/** As many columns as there are elements that are not 0. */
function nonZero(operation: Operation): Known {
  if (rowsOf(operation.input(0)) !== undefined) {
    operation.undecided("gives as many elements as all rows together ask for");
  }
  return operation.output(undefined, [operation.fresh(), operation.fresh()]);
}
