/** Training: makes models, measures them and writes them as versions. */

import { Command } from "commander";

import { serverCommand } from "../server/settings/server-command.js";
import { DataError } from "./data-error.js";
import { TRAIN_OPTIONS, type TrainOptions } from "./recipes/digits/options.js";
import { readSettings, SETTINGS } from "./settings.js";

/** `training`: takes jobs. */
export function trainingCommand(): Command {
  return serverCommand({
    name: "training",
    description: "Serve the training API.",
    table: SETTINGS,
    read: readSettings,
    load: async () => (await import("./serve.js")).serve,
  });
}

/** `train`: from digits to a new version of a model, with its metrics and pictures. */
export function trainCommand(): Command {
  const command = new Command("train").description(
    "Train the digit classifier and write a new version of it.",
  );
  TRAIN_OPTIONS.forEach((option) => command.addOption(option));
  return command.action(async (options: TrainOptions) => {
    try {
      // The libraries that train are large: nothing else waits for them.
      const { runTraining } = await import("./recipes/digits/run.js");
      await runTraining(options);
    } catch (error) {
      command.error(`error: ${explain(error)}`);
    }
  });
}

/** A sentence for what the person can mend; anything else is thrown on. */
function explain(error: unknown): string {
  if (error instanceof DataError) {
    return error.message;
  }
  if (error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND") {
    return `training needs the development packages, which this installation leaves out (${error.message})`;
  }
  throw error;
}
