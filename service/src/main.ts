import { Command, Option } from "commander";
import { doctorCommand } from "./doctor/command.js";
import {
  flagOf,
  readSettings,
  SETTING_NAMES,
  SETTINGS,
  SettingsError,
  type SettingName,
  type Settings,
} from "./inference/settings.js";
import { trainCommand } from "./training/command.js";
import { SERVICE } from "./server/version.js";

const program = new Command(SERVICE.name)
  .description("Serves ONNX models over HTTP, and trains the one that ships.")
  .version(SERVICE.version);

const serveCommand = program
  .command("serve", { isDefault: true })
  .description(
    "Serve the models of a repository. Every option is an environment variable too; the option wins.",
  )
  .action(async (flags: Partial<Record<SettingName, string>>) => {
    const settings = settingsOrExit(flags);
    const { serve } = await import("./inference/serve.js");
    await serve(settings).catch(exitWith);
  });
for (const name of SETTING_NAMES) {
  serveCommand.addOption(optionOf(name));
}

function optionOf(name: SettingName): Option {
  const { variable, help, ...rest } = SETTINGS[name];
  const shown = "fallbackText" in rest ? rest.fallbackText : rest.fallback;
  const option = new Option(`${flagOf(name)} <value>`, `${help} [${variable}] (default: ${shown})`);
  option.attributeName = () => name;
  return option;
}

/** Says everything that is wrong and exits with 2, as commands do that were called wrongly. */
function settingsOrExit(flags: Partial<Record<SettingName, string>>): Settings {
  try {
    return readSettings(process.env, flags);
  } catch (error) {
    if (!(error instanceof SettingsError)) {
      throw error;
    }
    for (const fault of error.faults) {
      console.error(fault);
    }
    return process.exit(2);
  }
}

/** For what kept the server from starting. */
function exitWith(error: unknown): never {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

program.addCommand(trainCommand());
program.addCommand(doctorCommand());

await program.parseAsync();
