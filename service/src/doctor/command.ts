/** Doctor: says what is wrong with a model before it is served, how fast it runs, and which config.json suits it. */

import { Command } from "commander";
import { messageOf } from "../server/errors.js";

/** `doctor DIR`: checks models before they are served. Exits with 1 when something is wrong with any of them. */
export function doctorCommand(): Command {
  const command = new Command("doctor")
    .description("Checks a model repository (NAME/VERSION/model.onnx), or the folder of one model.")
    .argument("<dir>", "the model repository, or a model's folder")
    .action(async (folder: string) => {
      // The runtime takes a moment to load: no other command waits for it.
      const [{ examineModel, hasProblems }, { modelFolders }, { printReport }, { detectThreads }] =
        await Promise.all([
          import("./examine.js"),
          import("./model-folders.js"),
          import("./print.js"),
          import("../inference/engine/threads.js"),
        ]);
      const defaults = { ...DOCTOR_DEFAULTS, intraOpThreads: detectThreads().threads };
      try {
        for (const [index, model] of (await modelFolders(folder)).entries()) {
          const report = await examineModel(model, defaults);
          console.log(`${index > 0 ? "\n" : ""}${printReport(report)}`);
          if (hasProblems(report)) {
            process.exitCode = 1;
          }
        }
      } catch (error) {
        command.error(`error: ${messageOf(error)}`);
      }
    });
  return command;
}

/** Larger than the server's own batches, to show where throughput stops growing. */
const DOCTOR_DEFAULTS = {
  maxBatchSize: 128,
  maxBatchDelayMs: 0,
  queueRows: 8192,
  queueSeconds: 0.25,
  runLimitSeconds: 60,
  runLimitBytes: Infinity,
};
