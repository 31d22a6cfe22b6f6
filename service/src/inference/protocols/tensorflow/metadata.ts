import type { ModelIndexEntry, ModelState, ServedModel } from "../../engine/engine.js";
import type { Datatype, TensorSpec } from "../../../tensors/tensor.js";

const STATES: Readonly<Record<ModelState, string>> = {
  LOADING: "LOADING",
  READY: "AVAILABLE",
  UNLOADING: "UNLOADING",
  UNAVAILABLE: "END",
};

/** One item of TensorFlow Serving's `model_version_status`. */
export function versionStatus({ version, state, reason }: ModelIndexEntry): object {
  const failed = state === "UNAVAILABLE" && reason !== "";
  return {
    version,
    state: STATES[state],
    status: { error_code: failed ? "UNKNOWN" : "OK", error_message: reason },
  };
}

/** TensorFlow's names of the datatypes. */
const TYPES: Readonly<Record<Datatype, string>> = {
  BOOL: "DT_BOOL",
  UINT8: "DT_UINT8",
  UINT16: "DT_UINT16",
  UINT32: "DT_UINT32",
  UINT64: "DT_UINT64",
  INT8: "DT_INT8",
  INT16: "DT_INT16",
  INT32: "DT_INT32",
  INT64: "DT_INT64",
  FP16: "DT_HALF",
  FP32: "DT_FLOAT",
  FP64: "DT_DOUBLE",
  BYTES: "DT_STRING",
};

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
    specs.map(({ name, datatype, shape }) => [
      name,
      {
        dtype: TYPES[datatype],
        tensor_shape: { dim: shape.map((size) => ({ size: String(size), name: "" })), unknown_rank: false },
        name,
      },
    ]),
  );
}
