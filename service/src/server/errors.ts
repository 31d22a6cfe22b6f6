/** The one catalogue of errors that a caller can see: machine code, HTTP status. Everything else is `internal`. */
export const ERROR_STATUS = {
  invalid_input: 400,
  invalid_json: 400,
  invalid_image: 400,
  unauthorized: 401,
  not_found: 404,
  model_not_found: 404,
  method_not_allowed: 405,
  request_timeout: 408,
  too_large: 413,
  unsupported_media_type: 415,
  unprocessable: 422,
  too_many_requests: 429,
  client_closed_request: 499,
  internal: 500,
  queue_full: 503,
  deadline_unreachable: 503,
  model_not_ready: 503,
  shutting_down: 503,
  deadline_exceeded: 504,
} as const;

export type ErrorCode = keyof typeof ERROR_STATUS;

export interface ErrorDetails {
  /** Path into the request body, as JSON path without the `$`: `instances[3][17]`, `inputs[0].shape`. */
  readonly path?: string;
  /** When a retry is worth it, in whole seconds. */
  readonly retryAfterSeconds?: number;
  readonly cause?: unknown;
}

/** An error whose message is written for the caller. Anything else thrown is answered as `internal` without its text. */
export class ServiceError extends Error {
  override readonly name = "ServiceError";
  readonly status: number;
  readonly path: string | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(
    readonly code: ErrorCode,
    message: string,
    details: ErrorDetails = {},
  ) {
    super(message, { cause: details.cause });
    this.status = ERROR_STATUS[code];
    this.path = details.path;
    this.retryAfterSeconds = details.retryAfterSeconds;
  }
}
