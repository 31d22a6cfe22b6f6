import { copyFileSync, existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { ownContainers } from "../clusters/local/containers.js";
import { ping } from "../clusters/local/preflight.js";
import { thisDaemonAddress } from "../docker/address.js";
import { daemonAt } from "../docker/daemon.js";
import { localEnvironment } from "./environment.js";
import { findPulumi, type PulumiCli, pulumiCli } from "./pulumi-cli.js";

/** The stack on this machine. It has a name and a settings file of its own: Pulumi writes a salt into that file. */
export const STACK = "laptop";

const PROJECT = "ai-model-service";
const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Its settings begin as those of `dev`. */
const SETTINGS = join(ROOT, `Pulumi.${STACK}.yaml`);

/** Servers that the local cluster consists of. */
const SERVERS = ["registry", "node"];

/** Everything that `up` and `down` need, with the stack selected. Rejects with the need that is missing. */
export async function setUp(): Promise<PulumiCli> {
  await ping(daemonAt(thisDaemonAddress()));
  const environment = localEnvironment(process.env, join(ROOT, ".pulumi"));
  const cli = pulumiCli(await findPulumi(), ROOT, environment);
  if (!existsSync(SETTINGS)) copyFileSync(join(ROOT, "Pulumi.dev.yaml"), SETTINGS);
  cli.run("stack", "select", "--create", STACK);
  return cli;
}

/**
 * Has Pulumi look again at containers that somebody removed behind its back, so that they are made again. The cluster's
 * volumes are still there, and with them all that it held.
 */
export async function noticeRemovedContainers(cli: PulumiCli): Promise<void> {
  if (cli.ask("stack", "output", "--stack", STACK, "endpoint") === undefined) return;
  const there = await ownContainers(daemonAt(thisDaemonAddress()), `${PROJECT}-${STACK}`);
  if (there.length === SERVERS.length) return;
  const targets = SERVERS.flatMap((name) => [
    "--target",
    `urn:pulumi:${STACK}::${PROJECT}::docker:index/container:Container::${name}`,
  ]);
  cli.run("refresh", "--stack", STACK, "--yes", "--skip-preview", ...targets);
}
