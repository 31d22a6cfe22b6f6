/** Observe: what a server tells of itself in logs, metrics and traces. */

import { METRICS } from "@ai-model-service/contract/metrics";
import pino, { type Logger } from "pino";
import { Counter, type Registry } from "prom-client";
import type { LogOutput } from "./log-output.js";

export type LogFormat = "json" | "pretty";

export interface LogOptions {
  readonly level: string;
  readonly format: LogFormat;
  readonly output: LogOutput;
}

/** The process's log: one JSON object a line, or readable lines. */
export async function createLog({ level, format, output }: LogOptions): Promise<Logger> {
  const options = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime };
  if (format === "json") {
    return pino({ ...options, formatters: { level: (label) => ({ level: label }) } }, output);
  }
  const { default: pinoPretty } = await import("pino-pretty");
  const pretty = pinoPretty.prettyFactory({ translateTime: "SYS:HH:MM:ss", ignore: "pid,hostname" });
  return pino(options, { write: (line: string) => output.write(pretty(line)) });
}

/** Counts in `registry` what could not be logged. */
export function describeLog(output: Pick<LogOutput, "dropped">, registry: Registry): void {
  const counter: Counter = new Counter({
    name: METRICS.logLinesDropped,
    help: "Lines that could not be written to the log, and were dropped.",
    registers: [registry],
    collect() {
      counter.reset();
      counter.inc(output.dropped);
    },
  });
}
