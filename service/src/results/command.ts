import type { Command } from "commander";
import { serverCommand } from "../server/settings/server-command.js";
import { readSettings, SETTINGS } from "./settings.js";

/** `results`: keeps and shows results. */
export function resultsCommand(): Command {
  return serverCommand({
    name: "results",
    description: "Keep what was predicted, decide what becomes of it, and find it again.",
    table: SETTINGS,
    read: readSettings,
    load: async () => (await import("./serve.js")).serveResults,
  });
}
