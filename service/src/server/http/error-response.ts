import { ServiceError, type ErrorCode } from "../errors.js";
import type { Reply } from "./reply.js";

/** What a caller sees of any error: a ServiceError's own words, or `internal` without a word of what was thrown. */
export function toServiceError(error: unknown): ServiceError {
  if (error instanceof ServiceError) {
    return error;
  }
  return httpError(error) ?? new ServiceError("internal", "The server failed to answer.", { cause: error });
}

/** The JSON body of an error: the Open Inference Protocol's `error`, with a code and a path beside it. */
export function errorBody(error: ServiceError): { error: string; code: ErrorCode; path?: string } {
  const { message, code, path } = error;
  return path === undefined ? { error: message, code } : { error: message, code, path };
}

export function errorReply(error: ServiceError, headers: Readonly<Record<string, string>> = {}): Reply {
  return {
    status: error.status,
    body: JSON.stringify(errorBody(error)),
    headers: { ...headers, ...retryAfter(error) },
  };
}

function retryAfter(error: ServiceError): Record<string, string> {
  if (error.retryAfterSeconds !== undefined) {
    return { "Retry-After": String(error.retryAfterSeconds) };
  }
  return error.status === 503 ? { "Retry-After": "1" } : {};
}

const CODE_BY_STATUS: Readonly<Record<number, ErrorCode>> = {
  400: "invalid_input",
  404: "not_found",
  413: "too_large",
  415: "unsupported_media_type",
};

/** Errors that express and its parts throw carry a status and a message that may be shown (http-errors). */
function httpError(error: unknown): ServiceError | undefined {
  if (!(error instanceof Error) || !("status" in error) || typeof error.status !== "number") {
    return undefined;
  }
  const code = CODE_BY_STATUS[error.status];
  if (code === undefined) {
    return undefined;
  }
  return new ServiceError(code, code === "not_found" ? "There is nothing at this path." : error.message, {
    cause: error,
  });
}
