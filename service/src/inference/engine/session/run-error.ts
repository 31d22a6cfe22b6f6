import { messageOf, ServiceError } from "../../../server/errors.js";

/** Why a file could not be loaded, without the path of the file. */
export function loadError(error: unknown): Error {
  const message = messageOf(error);
  const reason = message.replace(/Load model (?:from )?\S+ failed[:.]\s*/g, "");
  return new Error(`The file model.onnx cannot be loaded: ${readable(reason)}`, { cause: error });
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
  return new ServiceError("unprocessable", `The model cannot compute this input: ${readable(message)}`, {
    cause: error,
  });
}

/** The runtime's words as the end of a sentence, without its source positions: `/src/file.cc:123 void ns::Function(type, type) text`. */
function readable(message: string): string {
  return message
    .replace(/^Non-zero status code returned while running (\S+) node\..*?Status Message: /s, "$1: ")
    .replace(/\/\S+\.(?:cc|h):\d+ [^(]*\([^)]*\)(?: const)? /g, "")
    .trim()
    .replace(/[.!]?$/, ".");
}
