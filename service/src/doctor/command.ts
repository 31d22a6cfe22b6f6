import { messageOf } from "../server/errors.js";
import { Command } from "commander";

/** `doctor DIR`: checks a model's folder before it is served. Exits with 1 when something is wrong. */
export function doctorCommand(): Command {
  const command = new Command("doctor")
    .description("Check a model's folder (VERSION/model.onnx, config.json) before it is served.")
    .argument("<dir>", "the model's folder")
    .action(async (folder: string) => {
      // The runtime takes a moment to load: no other command waits for it.
      const [{ examineModel, hasProblems }, { printReport }, { detectThreads }] = await Promise.all([
        import("./examine.js"),
        import("./print.js"),
        import("../inference/engine/threads.js"),
      ]);
      const { threads: intraOpThreads } = detectThreads();
      const report = await examineModel(folder, { ...DOCTOR_DEFAULTS, intraOpThreads }).catch(
        (error: unknown) => command.error(`error: ${messageOf(error)}`),
      );
      console.log(printReport(report));
      if (hasProblems(report)) {
        process.exitCode = 1;
      }
    });
  return command;
}

/** Larger than the server's own batches, to show where throughput stops growing. */
const DOCTOR_DEFAULTS = { maxBatchSize: 128, maxBatchDelayMs: 0, queueRows: 8192, queueSeconds: 0.25 };
