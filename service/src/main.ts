import { Command } from "commander";

const program = new Command("ai-model-service").description(
  "Serves ONNX models over HTTP, and trains the one that ships.",
);

await program.parseAsync();
