import type { Outcome, Rejection } from "@ai-model-service/contract/metrics";

/** What an error means to each of those who are told of it. */
interface ErrorRow {
  /** HTTP status. */
  readonly status: number;
  /** gRPC status code, by the names of https://grpc.github.io/grpc/core/md_doc_statuscodes.html. */
  readonly grpc: GrpcStatus;
  /** The outcome under which an inference request that ends so is counted. */
  readonly outcome: Outcome;
  /** Set where it means that the request was refused at admission. */
  readonly rejection?: Rejection;
}

export type GrpcStatus =
  | "CANCELLED"
  | "INVALID_ARGUMENT"
  | "DEADLINE_EXCEEDED"
  | "NOT_FOUND"
  | "ABORTED"
  | "RESOURCE_EXHAUSTED"
  | "UNIMPLEMENTED"
  | "INTERNAL"
  | "UNAVAILABLE"
  | "UNAUTHENTICATED"
  | "PERMISSION_DENIED";

/**
 * The one catalogue of errors that a caller can see, by machine code. Everything else is `internal`.
 * Of the codes that share an HTTP status, the most general stands first: it is what `codeOfStatus` gives.
 */
export const ERRORS = {
  invalid_input: { status: 400, grpc: "INVALID_ARGUMENT", outcome: "client_error" },
  invalid_json: { status: 400, grpc: "INVALID_ARGUMENT", outcome: "client_error" },
  invalid_image: { status: 400, grpc: "INVALID_ARGUMENT", outcome: "client_error" },
  unauthorized: { status: 401, grpc: "UNAUTHENTICATED", outcome: "client_error" },
  forbidden: { status: 403, grpc: "PERMISSION_DENIED", outcome: "client_error" },
  not_found: { status: 404, grpc: "NOT_FOUND", outcome: "client_error" },
  model_not_found: { status: 404, grpc: "NOT_FOUND", outcome: "client_error" },
  method_not_allowed: { status: 405, grpc: "UNIMPLEMENTED", outcome: "client_error" },
  request_timeout: { status: 408, grpc: "DEADLINE_EXCEEDED", outcome: "client_error" },
  conflict: { status: 409, grpc: "ABORTED", outcome: "client_error" },
  too_large: { status: 413, grpc: "RESOURCE_EXHAUSTED", outcome: "client_error" },
  unsupported_media_type: { status: 415, grpc: "INVALID_ARGUMENT", outcome: "client_error" },
  unprocessable: { status: 422, grpc: "INVALID_ARGUMENT", outcome: "client_error" },
  too_many_requests: { status: 429, grpc: "RESOURCE_EXHAUSTED", outcome: "client_error" },
  headers_too_large: { status: 431, grpc: "RESOURCE_EXHAUSTED", outcome: "client_error" },
  client_closed_request: { status: 499, grpc: "CANCELLED", outcome: "cancelled" },
  internal: { status: 500, grpc: "INTERNAL", outcome: "server_error" },
  queue_full: { status: 503, grpc: "UNAVAILABLE", outcome: "rejected", rejection: "queue_full" },
  memory_full: { status: 503, grpc: "RESOURCE_EXHAUSTED", outcome: "rejected" },
  deadline_unreachable: {
    status: 503,
    grpc: "DEADLINE_EXCEEDED",
    outcome: "deadline",
    rejection: "deadline",
  },
  model_not_ready: { status: 503, grpc: "UNAVAILABLE", outcome: "rejected", rejection: "not_ready" },
  storage_unavailable: { status: 503, grpc: "UNAVAILABLE", outcome: "server_error" },
  repository_unavailable: { status: 503, grpc: "UNAVAILABLE", outcome: "server_error" },
  shutting_down: { status: 503, grpc: "UNAVAILABLE", outcome: "rejected", rejection: "draining" },
  deadline_exceeded: { status: 504, grpc: "DEADLINE_EXCEEDED", outcome: "deadline" },
} as const satisfies Readonly<Record<string, ErrorRow>>;

export type ErrorCode = keyof typeof ERRORS;

export const ERROR_CODES = Object.keys(ERRORS) as readonly ErrorCode[];

/** The row of an error code. */
export function errorRow(code: ErrorCode): ErrorRow {
  return ERRORS[code];
}

/** The general code of an HTTP status that another part gives an error; undefined where this service has none. */
export function codeOfStatus(status: number): ErrorCode | undefined {
  return ERROR_CODES.find((code) => ERRORS[code].status === status);
}

export interface ErrorDetails {
  /** Path into the request body, as JSON path without the `$`: `instances[3][17]`, `inputs[0].shape`. */
  readonly path?: string;
  /** When a retry is worth it, in whole seconds. */
  readonly retryAfterSeconds?: number;
  /** Methods that the path takes, for `method_not_allowed`. */
  readonly allowed?: readonly string[];
  readonly cause?: unknown;
}

/** An error whose message is written for the caller. Anything else thrown is answered as `internal` without its text. */
export class ServiceError extends Error {
  override readonly name = "ServiceError";
  readonly path: string | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly allowed: readonly string[] | undefined;

  /** `message`: one or more whole sentences. */
  constructor(
    readonly code: ErrorCode,
    message: string,
    details: ErrorDetails = {},
  ) {
    super(message, { cause: details.cause });
    this.path = details.path;
    this.retryAfterSeconds = details.retryAfterSeconds;
    this.allowed = details.allowed;
  }

  /** HTTP status. */
  get status(): number {
    return ERRORS[this.code].status;
  }
}

/** The words of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
