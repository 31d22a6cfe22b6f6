import { Command } from "commander";

import { trainCommand } from "./training/command.js";

const program = new Command("ai-model-service").description(
  "Serves ONNX models over HTTP, and trains the one that ships.",
);

program.addCommand(trainCommand());

await program.parseAsync();
