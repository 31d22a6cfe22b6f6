import { floats, mlNode, model, node, value } from "#service/onnx/build.js";
import { encodeModel } from "#service/onnx/write-model.js";

/**
 * Strings in and out: `output` = `input` in the capital letters of `locale`, STRING [N] (the operator takes no other rank
 * but [1, C]).
 */
export function upperCase(locale = "C"): Uint8Array {
  return encodeModel(
    model({
      name: "upper-case",
      nodes: [
        node("StringNormalizer", ["input"], ["output"], {
          case_change_action: { kind: "string", value: "UPPER" },
          locale: { kind: "string", value: locale },
        }),
      ],
      inputs: [value("input", "STRING", ["N"])],
      outputs: [value("output", "STRING", ["N"])],
      initializers: [],
    }),
  );
}

/** Words to numbers: `index` INT64 [N, 1] of `word` STRING [N, 1] among red, green, blue; -1 for any other. */
export function labelEncoder(): Uint8Array {
  return encodeModel(
    model({
      name: "label-encoder",
      nodes: [
        mlNode("LabelEncoder", ["word"], ["index"], {
          keys_strings: { kind: "strings", value: ["red", "green", "blue"] },
          values_int64s: { kind: "ints", value: [0, 1, 2] },
          default_int64: { kind: "int", value: -1 },
        }),
      ],
      inputs: [value("word", "STRING", ["N", 1])],
      outputs: [value("index", "INT64", ["N", 1])],
      initializers: [],
    }),
  );
}

const VOCABULARY = ["good", "great", "bad", "awful"];
/** What each word of the vocabulary adds to the scores of `negative` and `positive`. */
const WEIGHTS = [
  [-1, 1],
  [-2, 2],
  [1, -1],
  [2, -2],
].flat();

/**
 * Text features: words `tokens` STRING [N, T], counted against a vocabulary, then a linear classifier:
 * `probabilities` FLOAT [N, 2] of negative and positive.
 */
export function textClassifier(): Uint8Array {
  return encodeModel(
    model({
      name: "text-classifier",
      nodes: [
        node("TfIdfVectorizer", ["tokens"], ["counts"], {
          mode: { kind: "string", value: "TF" },
          min_gram_length: { kind: "int", value: 1 },
          max_gram_length: { kind: "int", value: 1 },
          max_skip_count: { kind: "int", value: 0 },
          ngram_counts: { kind: "ints", value: [0] },
          ngram_indexes: { kind: "ints", value: VOCABULARY.map((_, index) => index) },
          pool_strings: { kind: "strings", value: VOCABULARY },
        }),
        node("MatMul", ["counts", "weights"], ["scores"]),
        node("Softmax", ["scores"], ["probabilities"], { axis: { kind: "int", value: 1 } }),
      ],
      inputs: [value("tokens", "STRING", ["N", "T"])],
      outputs: [value("probabilities", "FLOAT", ["N", 2])],
      initializers: [floats("weights", [VOCABULARY.length, 2], WEIGHTS)],
    }),
  );
}
