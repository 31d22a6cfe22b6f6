import type { Logger } from "pino";
import type { ServerSettings } from "../settings/server-settings.js";
import { createLog } from "./log.js";
import { LogOutput } from "./log-output.js";

/** The log that the settings ask for, and where it goes. */
export async function startLog({
  logLevel,
  logFormat,
}: Pick<ServerSettings, "logLevel" | "logFormat">): Promise<{ log: Logger; logOutput: LogOutput }> {
  const logOutput = new LogOutput();
  const format = logFormat ?? (process.stdout.isTTY ? "pretty" : "json");
  return { log: await createLog({ output: logOutput, level: logLevel, format }), logOutput };
}
