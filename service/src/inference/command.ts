import type { Command } from "commander";
import { serverCommand } from "../server/settings/server-command.js";
import { readSettings, SETTINGS } from "./settings.js";

/** `serve`: answers predictions. */
export function serveCommand(): Command {
  return serverCommand({
    name: "serve",
    description: "Serve the models of a repository.",
    table: SETTINGS,
    read: readSettings,
    load: async () => (await import("./serve.js")).serve,
  });
}
