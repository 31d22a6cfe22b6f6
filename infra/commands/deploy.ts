import { Command } from "commander";

import { imageSchema } from "../settings/image.js";
import { deliver, type Deployable } from "./delivery/deliver.js";
import { withOwnSettings } from "./delivery/own-settings.js";
import { smokeTest } from "./delivery/smoke-test.js";
import { type ChosenStack, stackCommand } from "./delivery/stack-command.js";
import { rawOutputs } from "./deployed/deployed-stack.js";
import { openStack } from "./deployed/on-stack.js";

const POLICY = ["--policy-pack", "infra/policy"];

interface Options {
  readonly image: string;
  readonly url?: string;
  readonly preview?: true;
}

const command = new Command("deploy")
  .description("Puts an image into service. If it does not predict, the stack returns to the image before.")
  .requiredOption("--image <reference>", "the image, by digest")
  .option("--url <url>", "address that callers use, which is asked for a prediction too")
  .option("--preview", "only show what would change");

await stackCommand<Options>(command, async (chosen, { image, url, preview }) => {
  if (!imageSchema.shape.reference.safeParse(image).success) {
    throw new Error(`--image ${image} does not name its digest: NAME@sha256:<64 hex digits>.`);
  }
  if (preview) {
    const { stack, cli } = chosen;
    withOwnSettings((file) => {
      cli.run("preview", "--stack", stack, "--config-file", file, ...settingOf(image), ...POLICY, "--diff");
    }, stack);
    return;
  }
  console.log(await deliver(image, deployable(chosen, url)));
});

function settingOf(image: string): string[] {
  return ["--config-path", "--config", `image.reference=${image}`];
}

function deployable({ stack, place, cli }: ChosenStack, url: string | undefined): Deployable {
  return {
    async running() {
      const { image } = (await rawOutputs(place)) as { image?: string };
      return image;
    },
    update(image) {
      cli.run("up", "--stack", stack, ...settingOf(image), ...POLICY, "--yes", "--skip-preview");
      return Promise.resolve();
    },
    async predict() {
      const { outputs, config } = await openStack(place);
      await smokeTest(outputs, config, url);
    },
  };
}
