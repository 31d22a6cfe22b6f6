import { dirname } from "node:path";
import { messageOf, ServiceError } from "../../../server/errors.js";
import { runtimeWords } from "./runtime-words.js";

/** Why the file at `path` could not be loaded, without its path. */
export function loadError(error: unknown, path: string): Error {
  const message = messageOf(error);
  const reason =
    missingLocale(message) ?? `The file model.onnx cannot be loaded: ${runtimeWords(message, dirname(path))}`;
  return new Error(reason, { cause: error });
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

/** A sentence where an operator on texts, as converted scikit-learn models begin with, asks for a locale of the machine. */
function missingLocale(message: string): string | undefined {
  const [, name] = /Failed to construct locale with name:\s*([^:\s]*)/.exec(message) ?? [];
  return name === undefined
    ? undefined
    : `The model's StringNormalizer needs the locale '${name}', which this machine lacks. Install it, on Debian and Ubuntu from the package locales.`;
}
