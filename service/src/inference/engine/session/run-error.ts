import { dirname } from "node:path";
import { messageOf, ServiceError } from "../../../server/errors.js";
import { runtimeWords } from "./runtime-words.js";

/** Why the file at `path` could not be loaded, without its path. */
export function loadError(error: unknown, path: string): Error {
  const reason = runtimeWords(messageOf(error), dirname(path));
  return new Error(`The file model.onnx cannot be loaded: ${reason}`, { cause: error });
}

/**
 * What a failed run means to the caller. The graph was loaded and warmed up, so what it cannot compute is this input: an
 * index out of range, free dimensions that do not fit each other. Running out of memory is the server's fault.
 */
export function runError(error: unknown): Error {
  const message = messageOf(error);
  if (/bad_alloc|Failed to allocate|out of memory/i.test(message)) {
    return new ServiceError("internal", "The model ran out of memory.", { cause: error });
  }
  return new ServiceError("unprocessable", `The model cannot compute this input: ${runtimeWords(message)}`, {
    cause: error,
  });
}
