import { Command } from "commander";

import { answerOf } from "./deployed/deployed-stack.js";
import { lastUpdate } from "./delivery/last-update.js";
import { stackCommand } from "./delivery/stack-command.js";

const command = new Command("revision").description(
  "Prints the commit and the image that a stack was last updated to, as a workflow reads them.",
);

await stackCommand(command, async ({ place }) => {
  const { commit, image } = lastUpdate(JSON.parse(await answerOf(place, "stack", "history", "--json")));
  console.log(`commit=${commit}\nimage=${image ?? ""}`);
});
