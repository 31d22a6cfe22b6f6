/** Deployed stacks: what commands do on the cluster of a stack that is up. */

import { KubeConfig } from "@kubernetes/client-node";
import { Command } from "commander";

import { readOutputs, type DeployedOutputs, type StackPlace, stackPlace } from "./deployed-stack.js";

/** A command that works on a deployed stack's cluster; its error is one sentence. */
export async function onStack(
  name: string,
  description: string,
  run: (outputs: DeployedOutputs, config: KubeConfig) => Promise<void>,
): Promise<void> {
  const command = new Command(name)
    .description(description)
    .option(
      "-s, --stack <name>",
      "name of the Pulumi stack; by default that of npm run up, or the selected one",
    );
  command.action(async ({ stack }: { stack?: string }) => {
    try {
      const { outputs, config } = await openStack(stackPlace(stack, process.env));
      await run(outputs, config);
    } catch (error) {
      command.error(error instanceof Error ? error.message : String(error));
    }
  });
  await command.parseAsync();
}

/** What a stack that is up gave out, and the way to its cluster. */
export async function openStack(
  place: StackPlace,
): Promise<{ outputs: DeployedOutputs; config: KubeConfig }> {
  const outputs = await readOutputs(place);
  return { outputs, config: kubeConfig(outputs) };
}

/** The stack's own kubeconfig where it made the cluster, else what kubectl would use. */
function kubeConfig({ kubeconfig }: DeployedOutputs): KubeConfig {
  const config = new KubeConfig();
  if (kubeconfig === undefined) {
    config.loadFromDefault();
  } else {
    config.loadFromString(kubeconfig);
  }
  return config;
}
