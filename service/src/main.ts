/** The program: one command a use. */

import { Command } from "commander";
import { doctorCommand } from "./doctor/command.js";
import { serveCommand } from "./inference/command.js";
import { SERVICE } from "./server/version.js";
import { trainCommand } from "./training/command.js";

await new Command(SERVICE.name)
  .description("Serves ONNX models over HTTP, and trains the one that ships.")
  .version(SERVICE.version)
  .addCommand(serveCommand(), { isDefault: true })
  .addCommand(trainCommand())
  .addCommand(doctorCommand())
  .parseAsync();
