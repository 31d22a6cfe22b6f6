import { messageOf } from "../../server/errors.js";
import { codeOf } from "../unreadable.js";

const NO_ANSWER: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
  "AbortError",
  "TimeoutError",
]);

const WRONG_KEY: ReadonlySet<string> = new Set([
  "InvalidAccessKeyId",
  "SignatureDoesNotMatch",
  "ExpiredToken",
  "ExpiredTokenException",
  "InvalidToken",
  "AccessDenied",
  "Forbidden",
]);

const FULL: ReadonlySet<string> = new Set(["ENOSPC", "EDQUOT"]);

/** What a failed request to a store, or a failed write to the cache, means: a whole sentence, without keys or addresses. */
export function storeFault(error: unknown): string {
  if (error instanceof StoreFault) {
    return error.message;
  }
  const name = error instanceof Error ? error.name : "";
  const status = statusOf(error);
  // The system's name says more than the SDK's.
  const code = codeOf(error) ?? name;
  if (FULL.has(code)) {
    return "The disk of the folder that MODEL_CACHE names is full.";
  }
  // Errors of files have paths, those of connections have not.
  if (error instanceof Error && "path" in error) {
    return `The folder that MODEL_CACHE names cannot be written (${code}).`;
  }
  if (name === "CredentialsProviderError") {
    return "No credentials for the model store were found.";
  }
  if (WRONG_KEY.has(name) || status === 401 || status === 403) {
    return `The model store refuses the credentials (${name}).`;
  }
  if (name === "NoSuchBucket") {
    return "The model store has no such bucket.";
  }
  if (status === 301 || status === 307) {
    return "The bucket lies in another region: set AWS_REGION.";
  }
  if (status === 404 || status === 412) {
    return "The version's files in the model store have changed.";
  }
  if (status !== undefined && status >= 500) {
    return `The model store fails (status ${status}).`;
  }
  return NO_ANSWER.has(code)
    ? `The model store does not answer${code.startsWith("E") ? ` (${code})` : ""}.`
    : `The model store fails: ${messageOf(error).replace(/\.$/, "")}.`;
}

/** What went wrong, in words for people. */
export class StoreFault extends Error {
  override readonly name = "StoreFault";
}

/** The HTTP status that the SDK was answered; undefined when there was no answer. */
export function statusOf(error: unknown): number | undefined {
  const { $metadata } = error as { readonly $metadata?: { readonly httpStatusCode?: number } };
  const { $response } = error as { readonly $response?: { readonly statusCode?: number } };
  return $metadata?.httpStatusCode ?? $response?.statusCode;
}
