/** What a route answers. */
export interface Reply {
  readonly status: number;
  readonly body: string | Uint8Array;
  /** `application/json` when absent. */
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A JSON answer with status 200. */
export function json(value: unknown): Reply {
  return { status: 200, body: JSON.stringify(value) };
}
