import { ownContainers } from "../../clusters/local/own-containers.js";
import type { Daemon } from "../../docker/daemon.js";
import type { PulumiCli } from "../pulumi/pulumi-cli.js";
import type { Known } from "./state.js";

/** A stack, and how what it made in Docker is named. */
interface StackState {
  name: string;
  stack: string;
  state: Known[];
}

/** Volumes that hold the cluster, by what follows the stack's name. */
const CLUSTER_VOLUMES = ["data", "identity"];

/** What Docker may have lost without Pulumi's knowledge, by type; all but the task that reads the kubeconfig. */
const LOSABLE = /^docker:index\/(container|network|volume|remoteImage):/;
const SERVER = /^docker:index\/container:/;
const TASK = /::kubeconfig$/;

/** Rejects where Docker runs a cluster under this stack's name that its state does not know: it would be in the way. */
export async function refuseStrangers(daemon: Daemon, name: string, state: Known[]): Promise<void> {
  const ids = new Set(state.map(({ id }) => id));
  const strangers = (await ownContainers(daemon, name)).filter(({ id }) => !ids.has(id));
  if (strangers.length === 0) {
    return;
  }
  throw new Error(
    `Docker has a cluster ${name} that the state in this folder does not know. Run npm run down in the copy of this repository that made it. If that copy, or its folder .pulumi, is gone, docs/troubleshooting.md says how to remove the cluster.`,
  );
}

/**
 * Has Pulumi look again at what somebody removed from Docker behind its back, so that it is made again. While the
 * cluster's volumes are there it comes back as it was; without them it is made anew.
 */
export async function recover(
  cli: PulumiCli,
  daemon: Daemon,
  { name, stack, state }: StackState,
): Promise<void> {
  const lost = state.filter(({ type, urn }) => LOSABLE.test(type) && !TASK.test(urn));
  const servers = lost.filter(({ type }) => SERVER.test(type));
  if ((await ownContainers(daemon, name)).length >= servers.length) {
    return;
  }
  if (await isKept(daemon, name)) {
    const targets = lost.flatMap(({ urn }) => ["--target", urn]);
    cli.run("refresh", "--stack", stack, "--yes", "--skip-preview", ...targets);
  } else {
    console.log("The cluster's volumes were removed with everything in them. The cluster is created again.");
    cli.run("destroy", "--stack", stack, "--yes", "--skip-preview");
  }
}

async function isKept(daemon: Daemon, name: string): Promise<boolean> {
  const answers = await Promise.all(
    CLUSTER_VOLUMES.map((part) => daemon.call("GET", `/volumes/${name}-${part}`)),
  );
  return answers.every(({ status }) => status === 200);
}
