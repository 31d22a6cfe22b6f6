import { Command } from "commander";
import { messageOf } from "../server/errors.js";
import { addSettings, settingsOrExit } from "../server/settings/options.js";
import { SettingsError, type Flags } from "../server/settings/read.js";
import { readSettings, SETTINGS } from "./settings.js";

/** `results`: keeps and shows results until it is told to stop. Exits with 2 for wrong settings, with 1 when it cannot start. */
export function resultsCommand(): Command {
  const command = new Command("results").description(
    "Keep what was predicted, decide what becomes of it, and find it again. Every option is an environment variable too; the option wins.",
  );
  return addSettings(command, SETTINGS).action(async (flags: Flags<typeof SETTINGS>) => {
    const settings = settingsOrExit(() => readSettings(process.env, flags));
    const { serveResults } = await import("./serve.js");
    await serveResults(settings).catch((error: unknown) => {
      console.error(messageOf(error));
      process.exit(error instanceof SettingsError ? 2 : 1);
    });
  });
}
