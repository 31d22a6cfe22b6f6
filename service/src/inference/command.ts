import { Command } from "commander";
import { messageOf } from "../server/errors.js";
import { addSettings, settingsOrExit } from "../server/settings/options.js";
import { SettingsError, type Flags } from "../server/settings/read.js";
import { readSettings, SETTINGS } from "./settings.js";

/** `serve`: answers predictions until it is told to stop. Exits with 2 for wrong settings, with 1 when it cannot start. */
export function serveCommand(): Command {
  const command = new Command("serve").description(
    "Serve the models of a repository. Every option is an environment variable too; the option wins.",
  );
  return addSettings(command, SETTINGS).action(async (flags: Flags<typeof SETTINGS>) => {
    const settings = settingsOrExit(() => readSettings(process.env, flags));
    const { serve } = await import("./serve.js");
    await serve(settings).catch((error: unknown) => {
      console.error(messageOf(error));
      process.exit(error instanceof SettingsError ? 2 : 1);
    });
  });
}
