/** Small ONNX models, made on the spot, for tests that serve or read models. Each function gives a file's bytes. */
export { add, fixedBatch, identity, slow, sumOfRow } from "./arithmetic.js";
export {
  detector,
  divides,
  endless,
  grows,
  likeness,
  onlyFortyTwo,
  reservedIds,
  resizes,
  windows,
} from "./awkward.js";
export { broken, truncated, withWeightsIn } from "./broken.js";
export { manyOutputs, onlyTotal } from "./many-outputs.js";
export { noInputs } from "./empty.js";
export { anyRank, runningIfTold, withDefaults, withList, zipMapped } from "./adapted.js";
export { lookUp } from "./look-up.js";
export { runningSum } from "./running-sum.js";
export { labelEncoder, textClassifier, upperCase } from "./text.js";
export {
  embedding,
  endsTheProcess,
  fixedRunningSum,
  measures,
  namesTens,
  probabilities,
  withSequence,
} from "./classifiers.js";
