import binding, { type Binding } from "onnxruntime-node/dist/binding.js";

/** A session of ONNX Runtime as the package's native binding has it: every call computes where it is made. */
export type NativeSession = Binding.InferenceSession;

/**
 * Loads a file. The package's own `InferenceSession` puts off each run by a turn of the event loop, so that an answer
 * comes a turn later than it could; what it does besides is done here. Throws the runtime's error.
 */
export function openNativeSession(
  path: string,
  options: Parameters<NativeSession["loadModel"]>[3],
): NativeSession {
  binding.initOrt();
  const session = new binding.binding.InferenceSession();
  session.loadModel(path, options);
  return session;
}
