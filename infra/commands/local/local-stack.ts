/** The local stack: what npm run up and npm run down do, from the needs of the machine to the printed addresses. */

import { copyFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { ping } from "../../clusters/local/preflight.js";
import { PROJECT } from "../../settings/keys.js";
import { thisDaemonAddress } from "../../docker/address.js";
import { type Daemon, daemonAt } from "../../docker/daemon.js";
import { localEnvironment } from "./environment.js";
import { findPulumi, type PulumiCli, pulumiCli } from "../pulumi/pulumi-cli.js";
import { recover, refuseStrangers } from "./recovery.js";
import { stateOf } from "./state.js";
import { summary } from "./summary.js";

/** A stack on this machine, and the repository that it is of. */
export interface LocalStack {
  root: string;
  stack: string;
}

/**
 * The stack of `npm run up`. It has a name and a settings file of its own, since Pulumi writes a salt into that file. The
 * name is what people type after `--stack` and what their containers carry: another one would lose sight of them.
 */
export const LOCAL_STACK: LocalStack = {
  root: dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url))))),
  stack: "laptop",
};

/** Where the local stack keeps its state and its passphrase. */
export function stateFolder({ root }: LocalStack): string {
  return join(root, ".pulumi");
}

/** Makes or changes the stack; returns what a person does next. Rejects with the need that is missing. */
export async function bringUp(local: LocalStack, args: string[]): Promise<string> {
  const { stack } = local;
  const { cli, daemon } = await setUp(local);
  const state = stateOf(cli, stack);
  await refuseStrangers(daemon, nameOf(stack), state);
  prepareSettings(local, state.length === 0);
  cli.run("stack", "select", "--create", stack);
  await recover(cli, daemon, { name: nameOf(stack), stack, state });
  cli.run("up", "--stack", stack, ...args);
  const outputs = cli.ask("stack", "output", "--stack", stack, "--json", "--show-secrets");
  return summary(JSON.parse(outputs));
}

/** Takes away what `bringUp` made; the settings stay. Returns what there is to say. */
export async function takeDown(local: LocalStack, args: string[]): Promise<string> {
  const { stack } = local;
  const { cli, daemon } = await setUp(local);
  const state = stateOf(cli, stack);
  await refuseStrangers(daemon, nameOf(stack), state);
  if (state.length === 0) {
    return "There is nothing to take away.";
  }
  cli.run("destroy", "--stack", stack, ...args);
  cli.run("stack", "rm", stack, "--yes", "--preserve-config");
  return "";
}

async function setUp(local: LocalStack): Promise<{ cli: PulumiCli; daemon: Daemon }> {
  const daemon = daemonAt(thisDaemonAddress());
  await ping(daemon);
  const environment = localEnvironment(process.env, stateFolder(local));
  return { cli: pulumiCli(await findPulumi(), local.root, environment), daemon };
}

/** Name of everything that a stack makes in Docker. */
function nameOf(stack: string): string {
  return `${PROJECT}-${stack}`;
}

/** Settings begin as those of `dev`. A new stack takes no salt over: its passphrase may be another, and no secret needs it. */
function prepareSettings({ root, stack }: LocalStack, isNew: boolean): void {
  const file = join(root, `Pulumi.${stack}.yaml`);
  if (!existsSync(file)) {
    copyFileSync(join(root, "Pulumi.dev.yaml"), file);
  }
  const text = readFileSync(file, "utf8");
  if (isNew && !text.includes("secure:")) {
    writeFileSync(file, text.replace(/^encryptionsalt:.*\n?/m, ""));
  }
}
