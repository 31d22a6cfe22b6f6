import { Option, type Command } from "commander";
import { flagOf, shownDefault, type SettingsTable } from "./definition.js";
import { SettingsError } from "./read.js";

/** Adds a flag for each setting of `table` to a command, with its variable and default in the help. */
export function addSettings(command: Command, table: SettingsTable): Command {
  for (const [name, setting] of Object.entries(table)) {
    const help = `${setting.help} [${setting.variable}] (default: ${shownDefault(setting)})`;
    const option = new Option(`${flagOf(setting)} <value>`, help).hideHelp(setting.secret ?? false);
    option.attributeName = () => name;
    command.addOption(option);
  }
  const hasSecrets = Object.values(table).some(({ secret }) => secret);
  return hasSecrets ? command.addHelpText("after", () => variablesText(table)) : command;
}

/** The settings that are no options. */
function variablesText(table: SettingsTable): string {
  const secrets = Object.values(table).filter(({ secret }) => secret);
  const lines = secrets.map((setting) => `  ${setting.help} [${setting.variable}]`);
  return `\nVariables that are no options, which every user of the machine could see:\n${lines.join("\n")}`;
}

/** What `read` gives; where settings are wrong, says all that is and exits with 2, as commands do that were called wrongly. */
export function settingsOrExit<S>(read: () => S): S {
  try {
    return read();
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
