/** A result as it goes into the database. Texts are empty where it has none. */
export interface NewResult {
  readonly id: string;
  readonly time: number;
  readonly model: string;
  readonly version: string;
  readonly label: string;
  readonly decision: string;
  readonly probability?: number | undefined;
  readonly value?: number | undefined;
  /** JSON. */
  readonly top?: string | undefined;
  readonly reason?: string | undefined;
  readonly subject?: string | undefined;
  /** The id of the exchange that it comes from. */
  readonly exchange?: string | undefined;
}

/** One half of an exchange, or both. */
export interface NewExchange {
  readonly id: string;
  readonly requested?: number | undefined;
  readonly responded?: number | undefined;
  /** JSON. */
  readonly input?: string | undefined;
  /** JSON. */
  readonly output?: string | undefined;
  readonly subject?: string | undefined;
}

/** What is written together. */
export interface Batch {
  readonly results: readonly NewResult[];
  readonly exchanges: readonly NewExchange[];
}
