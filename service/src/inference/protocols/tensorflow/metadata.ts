import type { ModelIndexEntry, ModelState, ServedModel } from "../../engine/engine.js";
import { DATATYPES } from "../../../tensors/datatypes.js";
import type { TensorSpec } from "../../../tensors/tensor.js";

const STATES: Readonly<Record<ModelState, string>> = {
  LOADING: "LOADING",
  READY: "AVAILABLE",
  UNLOADING: "UNLOADING",
  UNAVAILABLE: "END",
};

/** One item of TensorFlow Serving's `model_version_status`, with who is answered by the version, where anybody is. */
export function versionStatus({ version, state, reason, labels, traffic, shadow }: ModelIndexEntry): object {
  const failed = state === "UNAVAILABLE" && reason !== "";
  return {
    version,
    state: STATES[state],
    status: { error_code: failed ? "UNKNOWN" : "OK", error_message: reason },
    ...(labels.length > 0 && { labels }),
    ...(traffic !== undefined && { traffic }),
    ...(shadow !== undefined && { shadow }),
  };
}

/** TensorFlow Serving's metadata of a model, with the one signature that an ONNX file has. */
export function signature({ name, version, inputs, outputs }: ServedModel): object {
  return {
    model_spec: { name, signature_name: "", version },
    metadata: {
      signature_def: {
        signature_def: {
          serving_default: {
            inputs: tensors(inputs),
            outputs: tensors(outputs),
            method_name: "tensorflow/serving/predict",
          },
        },
      },
    },
  };
}

function tensors(specs: readonly TensorSpec[]): object {
  return Object.fromEntries(
    specs.map(({ name, datatype, shape, unranked = false }) => [
      name,
      {
        dtype: DATATYPES[datatype].tensorflow,
        tensor_shape: {
          dim: shape.map((size) => ({ size: String(size), name: "" })),
          unknown_rank: unranked,
        },
        name,
      },
    ]),
  );
}
