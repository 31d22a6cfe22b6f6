/** The program: one command a use. */

import { Command } from "commander";
import { doctorCommand } from "./doctor/command.js";
import { serveCommand } from "./inference/command.js";
import { pointerCommands } from "./inference/promotion/commands.js";
import { resultsCommand } from "./results/command.js";
import { SERVICE } from "./server/version.js";
import { trainCommand, trainingCommand } from "./training/command.js";

const program = new Command(SERVICE.name)
  .description("Serves ONNX models over HTTP, keeps what they predict, and trains them.")
  .version(SERVICE.version)
  .addCommand(serveCommand(), { isDefault: true })
  .addCommand(resultsCommand())
  .addCommand(trainCommand())
  .addCommand(trainingCommand())
  .addCommand(doctorCommand());
for (const command of pointerCommands()) {
  program.addCommand(command);
}
await program.parseAsync();
