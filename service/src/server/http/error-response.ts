import { codeOfStatus, ServiceError, type ErrorCode } from "../errors.js";
import { shortened } from "../quoted.js";
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

const READING_ENDS: ReadonlySet<ErrorCode> = new Set([
  "too_large",
  "memory_full",
  "request_timeout",
  "shutting_down",
]);

/** Whether a client that is still sending is not listened to any further after that error. */
export function endsReading({ code }: ServiceError): boolean {
  return READING_ENDS.has(code);
}

/** The answer for an error, with the headers that go with its status. */
export function errorReply(error: ServiceError): Reply {
  return { status: error.status, body: JSON.stringify(errorBody(error)), headers: headersOf(error) };
}

function headersOf({ status, allowed, retryAfterSeconds }: ServiceError): Record<string, string> {
  return {
    ...(allowed && { Allow: allowed.join(", ") }),
    ...(status === 401 && { "WWW-Authenticate": "Bearer" }),
    ...(retryAfterSeconds !== undefined && { "Retry-After": String(retryAfterSeconds) }),
    ...(retryAfterSeconds === undefined && status === 503 && { "Retry-After": "1" }),
  };
}

/** Errors that express and its parts throw carry a status and a message that may be shown (http-errors). */
function httpError(error: unknown): ServiceError | undefined {
  if (!(error instanceof Error) || !("status" in error) || typeof error.status !== "number") {
    return undefined;
  }
  const code = error.status < 500 ? codeOfStatus(error.status) : undefined;
  if (code === undefined) {
    return undefined;
  }
  const message =
    code === "not_found" ? "There is nothing at this path." : sentence(shortened(error.message));
  return new ServiceError(code, message, { cause: error });
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1).replace(/\.?$/, ".")}`;
}
