import { Command } from "commander";
import { messageOf } from "../errors.js";
import type { SettingsOf, SettingsTable } from "./definition.js";
import { addSettings, settingsOrExit } from "./options.js";
import { SettingsError, type Flags } from "./read.js";

/** A server as a command. */
export interface ServerCommand<T extends SettingsTable> {
  readonly name: string;
  /** A sentence. */
  readonly description: string;
  readonly table: T;
  readonly read: (
    environment: Readonly<Record<string, string | undefined>>,
    flags: Flags<T>,
  ) => SettingsOf<T>;
  /** Serves until it is told to stop. Rejects when it cannot start. Loaded when it is run: other commands do not wait for it. */
  readonly load: () => Promise<(settings: SettingsOf<T>) => Promise<void>>;
}

/** A command that serves. It exits with 2 for wrong settings, with 1 when it cannot start. */
export function serverCommand<T extends SettingsTable>(server: ServerCommand<T>): Command {
  const command = new Command(server.name).description(
    `${server.description} Every option is an environment variable too; the option wins.`,
  );
  return addSettings(command, server.table).action(async (flags: Flags<T>) => {
    const settings = settingsOrExit(() => server.read(process.env, flags));
    const serve = await server.load();
    await serve(settings).catch((error: unknown) => {
      console.error(messageOf(error));
      process.exit(error instanceof SettingsError ? 2 : 1);
    });
  });
}
