import type { ResultRow } from "../../store/read-rows.js";

/** One column of an export. */
export interface Column {
  readonly name: string;
  readonly kind: "text" | "number" | "time";
  /** Null where a result has none; times are milliseconds since 1970. */
  readonly of: (row: ResultRow) => string | number | null;
}

const RESULT: readonly Column[] = [
  { name: "id", kind: "text", of: ({ id }) => id },
  { name: "time", kind: "time", of: ({ time }) => time },
  { name: "model", kind: "text", of: ({ model }) => model },
  { name: "version", kind: "text", of: ({ version }) => version || null },
  { name: "label", kind: "text", of: ({ label }) => label || null },
  { name: "probability", kind: "number", of: ({ probability }) => probability },
  { name: "value", kind: "number", of: ({ value }) => value },
  { name: "decision", kind: "text", of: ({ decision }) => decision || null },
  { name: "reason", kind: "text", of: ({ reason }) => reason },
  { name: "top", kind: "text", of: ({ top }) => top },
  { name: "subject", kind: "text", of: ({ subject }) => subject },
  { name: "exchange", kind: "text", of: ({ exchange }) => exchange },
  { name: "requestedAt", kind: "time", of: ({ requested }) => requested },
  { name: "respondedAt", kind: "time", of: ({ responded }) => responded },
];

const PAYLOADS: readonly Column[] = [
  { name: "input", kind: "text", of: ({ input }) => input ?? null },
  { name: "output", kind: "text", of: ({ output }) => output ?? null },
];

/** The columns of an export, in their order. */
export function columnsOf(withPayloads: boolean): readonly Column[] {
  return withPayloads ? [...RESULT, ...PAYLOADS] : RESULT;
}
