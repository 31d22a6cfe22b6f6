/** Doctor: says what is wrong with a model before it is served, how fast it runs, and which config.json suits it. */

import { fork } from "node:child_process";
import { basename } from "node:path";
import { Command, Option } from "commander";
import { messageOf } from "../server/errors.js";
import { shown } from "../models/names.js";
import { modelFolders } from "./model-folders.js";

/** `doctor DIR`: checks models before they are served. Exits with 1 when something is wrong with any of them. */
export function doctorCommand(): Command {
  const command = new Command("doctor")
    .description("Checks a model repository (NAME/VERSION/model.onnx), or the folder of one model.")
    .argument("<dir>", "the model repository, or a model's folder")
    .addOption(new Option("--alone", "checks the folder of one model in this process").hideHelp())
    .action(async (folder: string, { alone = false }: { alone?: boolean }) => {
      try {
        const isFine = await (alone ? reportHere(folder) : reportAll(folder));
        process.exitCode = isFine ? 0 : 1;
      } catch (error) {
        command.error(`error: ${messageOf(error)}`);
      }
    });
  return command;
}

/** Each model in a process of its own: the runtime ends the process of some. */
async function reportAll(folder: string): Promise<boolean> {
  let isFine = true;
  for (const [index, model] of (await modelFolders(folder)).entries()) {
    if (index > 0) {
      console.log();
    }
    const ended = await endOf(model);
    if (typeof ended === "string") {
      console.log(
        `Model '${shown(basename(model))}'\n  problem: ONNX Runtime ends the process (${ended}) when it loads or runs the model; the server would end, too.`,
      );
    }
    isFine &&= ended === 0;
  }
  return isFine;
}

/** The exit code of the process that reports on a model, or the signal that ended it. */
function endOf(model: string): Promise<number | string> {
  const child = fork(process.argv[1] ?? "", ["doctor", "--alone", model]);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code, signal) => resolve(code ?? signal ?? 1));
  });
}

async function reportHere(folder: string): Promise<boolean> {
  // The runtime takes a moment to load: no other command waits for it.
  const [{ examineModel, hasProblems }, { printReport }, { serverDefaults }] = await Promise.all([
    import("./examine.js"),
    import("./print.js"),
    import("./server-defaults.js"),
  ]);
  const report = await examineModel(folder, serverDefaults());
  console.log(printReport(report));
  return !hasProblems(report);
}
