import { dirname } from "node:path";
import type { InferenceSession } from "onnxruntime-node";
import type { ExecutionProvider } from "./execution-provider.js";

/**
 * ONNX Runtime's options for a session on `model`: the file at `path`, or bytes that are made of it, whose
 * weights may lie beside it.
 */
export function onnxOptions(
  path: string,
  model: string | Uint8Array,
  intraOpThreads: number,
  provider: ExecutionProvider = "cpu",
): InferenceSession.SessionOptions {
  const beside = model === path ? {} : { model_external_initializers_file_folder_path: dirname(path) };
  return {
    // What CUDA has no kernel for runs on the CPU. In a container its own GPU is the first.
    executionProviders: provider === "cuda" ? [{ name: "cuda", deviceId: 0 }, "cpu"] : ["cpu"],
    intraOpNumThreads: intraOpThreads,
    interOpNumThreads: 1,
    // A pattern is kept for every input shape: with batches of any size, memory that only grows.
    enableMemPattern: false,
    // Threads that spin for work between runs take the CPU that the HTTP side of the process needs.
    extra: { session: { ...beside, intra_op: { allow_spinning: "0" } } },
    // Errors are thrown; a line on stderr for each of a client's would be noise.
    logSeverityLevel: 4,
  };
}
