/** Delivery: what pipelines run, and people by hand where there is no pipeline. */

import type { Command } from "commander";

import { findPulumi, type PulumiCli, pulumiCli } from "../pulumi/pulumi-cli.js";
import { LOCAL_STACK } from "../local/local-stack.js";
import { type StackPlace, stackPlace } from "../deployed/deployed-stack.js";

/** A stack that a command was told to work on. */
export interface ChosenStack {
  readonly stack: string;
  readonly place: StackPlace;
  readonly cli: PulumiCli;
}

/** A command on a stack that must be named, since to change another by mistake would be worse. Its error is one sentence. */
export async function stackCommand<Options extends object>(
  command: Command,
  run: (chosen: ChosenStack, options: Options) => Promise<void>,
): Promise<void> {
  command.requiredOption("-s, --stack <name>", "name of the Pulumi stack");
  command.action(async (options: Options & { stack: string }) => {
    try {
      const place = stackPlace(options.stack, process.env);
      const cli = pulumiCli(await findPulumi(), LOCAL_STACK.root, place.environment);
      await run({ stack: options.stack, place, cli }, options);
    } catch (error) {
      command.error(error instanceof Error ? error.message : String(error));
    }
  });
  await command.parseAsync();
}
