import { userInfo } from "node:os";
import { Command, InvalidArgumentError } from "commander";
import { messageOf, ServiceError } from "../../server/errors.js";
import { addSettings, settingsOrExit } from "../../server/settings/options.js";
import { readTable, type Flags } from "../../server/settings/read.js";
import { SETTINGS } from "../settings.js";
import type { Asked, AutoOptions } from "./run-command.js";

const REPOSITORY = { modelRepository: SETTINGS.modelRepository };

type Given = Flags<typeof REPOSITORY> & { readonly why?: string };

/** `promote`, `rollback` and `traffic`: change what serves, in the model repository itself. What does so is loaded when it is run. */
export function pointerCommands(): Command[] {
  return [promoteCommand(), rollbackCommand(), trafficCommand()];
}

function promoteCommand(): Command {
  return command("promote", "Make a version of a model stable, at once or, with --auto, step by step.")
    .argument("<model>")
    .argument("<version>")
    .option("--auto", "step by step, by the replicas that serve the model, and back when it is worse")
    .option("--steps <percentages>", "with --auto: percent of the requests, as in 1,5,25,100", numbers)
    .option("--minimum-requests <number>", "with --auto: requests to the version in each step", number)
    .option(
      "--shadow-percent <percent>",
      "with --auto: percent of the requests that it gets copies of",
      number,
    )
    .option(
      "--bound-errors <share>",
      "with --auto: how much more of its requests may fail, as in 0.005",
      number,
    )
    .option(
      "--bound-p99 <factor>",
      "with --auto: how many times stable's 99th percentile is too slow",
      number,
    )
    .option("--bound-flips <share>", "with --auto: share of rows that may get another label", number)
    .action((model: string, version: string, given: Given & AutoOptions) =>
      run(given, async (asked) => {
        const { runPromote } = await import("./run-command.js");
        return runPromote(asked, model, version, given);
      }),
    );
}

function rollbackCommand(): Command {
  return command("rollback", "End what is being tried, or go back to the version that was stable before.")
    .argument("<model>")
    .option("--to <version>", "the version to go back to")
    .action((model: string, given: Given & { readonly to?: string }) =>
      run(given, async (asked) => {
        const { runRollback } = await import("./run-command.js");
        return runRollback(asked, model, given.to);
      }),
    );
}

function trafficCommand(): Command {
  return command("traffic", "Set labels, shares of the traffic and the shadow of a model.")
    .argument("<model>")
    .argument(
      "[settings...]",
      "LABEL=VERSION, LABEL=VERSION:PERCENT, LABEL= (takes the label away), or NAME:PERCENT for a label or version",
    )
    .option("--shadow <version:percent>", "a version that gets copies of so many percent of the requests")
    .option("--no-shadow", "no copies")
    .action((model: string, settings: string[], given: Given & { readonly shadow?: string | boolean }) =>
      run(given, async (asked) => {
        const { runTraffic } = await import("./run-command.js");
        return runTraffic(asked, model, settings, given.shadow);
      }),
    );
}

function command(name: string, description: string): Command {
  const made = new Command(name).description(description);
  return addSettings(made, REPOSITORY).option("--why <text>", "why, for those who read the events later");
}

/** Exits with 2 for wrong settings, with 1 when nothing was changed. */
async function run(given: Given, what: (asked: Asked) => Promise<string>): Promise<void> {
  const { modelRepository } = given;
  const flags = modelRepository === undefined ? {} : { modelRepository };
  const settings = settingsOrExit(() => readTable(REPOSITORY, process.env, flags, () => []));
  // Whoever can write to the repository can claim any name.
  const who = { name: userName(), by: "command line" as const };
  try {
    console.log(await what({ repository: settings.modelRepository, who, why: given.why ?? "" }));
  } catch (error) {
    if (!(error instanceof ServiceError)) {
      throw error;
    }
    console.error(messageOf(error));
    process.exitCode = 1;
  }
}

/** The user of an image may have a number and no name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `user ${process.getuid?.()}`;
  }
}

function number(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || Number.isNaN(value)) {
    throw new InvalidArgumentError("It must be a number.");
  }
  return value;
}

function numbers(text: string): number[] {
  return text.split(",").map(number);
}
