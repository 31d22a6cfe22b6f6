/** Observe: what a server tells of itself in logs, metrics and traces. */

import pino, { type Logger } from "pino";

export type LogFormat = "json" | "pretty";

export interface LogOptions {
  readonly level: string;
  readonly format: LogFormat;
}

/** The process's log, to standard output: one JSON object a line, or readable lines. */
export async function createLog({ level, format }: LogOptions): Promise<Logger> {
  const options = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime };
  if (format === "json") {
    return pino({ ...options, formatters: { level: (label) => ({ level: label }) } });
  }
  const { default: pretty } = await import("pino-pretty");
  return pino(options, pretty({ sync: true, translateTime: "SYS:HH:MM:ss", ignore: "pid,hostname" }));
}
