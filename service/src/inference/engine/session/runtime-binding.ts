import binding, { type Binding } from "onnxruntime-node/dist/binding.js";

/** A session of ONNX Runtime as the package's native binding has it: every call computes where it is made. */
export type NativeSession = Binding.InferenceSession;

/**
 * Loads a file, or the bytes of one. The package's own `InferenceSession` puts off each run by a turn of the event loop, so that an answer
 * comes a turn later than it could; what it does besides is done here. Throws the runtime's error.
 */
export function openNativeSession(
  model: string | Uint8Array,
  options: Parameters<NativeSession["loadModel"]>[3],
): NativeSession {
  binding.initOrt();
  const session = new binding.binding.InferenceSession();
  if (typeof model === "string") {
    session.loadModel(model, options);
  } else {
    session.loadModel(model.buffer as ArrayBuffer, model.byteOffset, model.byteLength, options);
  }
  return session;
}
