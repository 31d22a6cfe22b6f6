/** The body of an answer: text, bytes, or pieces of either that come one after the other. */
export type ReplyBody = string | Uint8Array | AsyncIterable<string | Uint8Array>;

/** What a route answers. */
export interface Reply {
  readonly status: number;
  readonly body: ReplyBody;
  /** `application/json` when absent. */
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A JSON answer with status 200. */
export function json(value: unknown): Reply {
  return { status: 200, body: JSON.stringify(value) };
}
