import { Command } from "commander";

import { withOwnSettings } from "./delivery/own-settings.js";
import { stackCommand } from "./delivery/stack-command.js";

const command = new Command("drift").description(
  "Fails if what runs is not what a stack's last update made, with that update's settings. Run it from that update's commit.",
);

await stackCommand(command, ({ stack, cli }) => {
  withOwnSettings((file) => {
    const on = ["--stack", stack, "--config-file", file];
    cli.run("config", "refresh", ...on);
    cli.run("preview", ...on, "--refresh", "--expect-no-changes", "--diff");
  });
  return Promise.resolve();
});
