import { Command } from "commander";

import { openStack } from "./deployed/on-stack.js";
import { smokeTest } from "./delivery/smoke-test.js";
import { stackCommand } from "./delivery/stack-command.js";

const command = new Command("smoke")
  .description("Asks a deployed stack for a prediction.")
  .option("--url <url>", "address that callers use, which is asked too");

await stackCommand<{ url?: string }>(command, async ({ place }, { url }) => {
  const { outputs, config } = await openStack(place);
  for (const answered of await smokeTest(outputs, config, url)) {
    console.log(`predicts  ${answered}`);
  }
});
