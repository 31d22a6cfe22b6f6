import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

import { z } from "zod";

import { PROJECT } from "../../settings/keys.js";
import { localEnvironment } from "../local/environment.js";
import { LOCAL_STACK, stateFolder } from "../local/local-stack.js";
import { findPulumi } from "../pulumi/pulumi-cli.js";

/** The outputs of a deployed stack that the commands use. */
const outputsSchema = z.object({
  namespace: z.string(),
  serviceName: z.string(),
  kubeconfig: z.string().optional(),
  monitoringNamespace: z.string().optional(),
  grafanaPassword: z.string().optional(),
});

export type DeployedOutputs = z.infer<typeof outputsSchema>;

/** A stack as Pulumi finds it: its name (the selected one without), and the environment that leads to its state. */
export interface StackPlace {
  stack: string | undefined;
  environment: Record<string, string | undefined>;
}

/** Where a stack is: the local one has its state beside the program, and is meant where none is named and it exists. */
export function stackPlace(
  stack: string | undefined,
  environment: Record<string, string | undefined>,
  local = LOCAL_STACK,
): StackPlace {
  const folder = stateFolder(local);
  const isLocal =
    (stack ?? local.stack) === local.stack &&
    environment["PULUMI_BACKEND_URL"] === undefined &&
    existsSync(join(folder, "state", ".pulumi", "stacks", PROJECT, `${local.stack}.json`));
  return isLocal
    ? { stack: local.stack, environment: localEnvironment(environment, folder) }
    : { stack, environment };
}

/** A backend may be far away, but answers. */
const BACKEND_SECONDS = 60;

/** What Pulumi says of a stack. Rejects with Pulumi's own words where it fails. */
export async function answerOf(
  { stack, environment: env }: StackPlace,
  ...command: readonly string[]
): Promise<string> {
  const named = stack === undefined ? [] : ["--stack", stack];
  const { status, stdout, stderr, error } = spawnSync(await findPulumi(), [...command, ...named], {
    env,
    encoding: "utf8",
    timeout: BACKEND_SECONDS * 1000,
  });
  if (error instanceof Error && "code" in error && error.code === "ETIMEDOUT") {
    throw new Error(`Pulumi's backend did not answer within ${BACKEND_SECONDS} seconds.`);
  }
  if (error !== undefined) {
    throw new Error(`Pulumi cannot be run: ${error.message}.`);
  }
  if (status !== 0) {
    throw new Error(stderr.trim());
  }
  return stdout;
}

/** The outputs of a stack as Pulumi has them; none before its first update. */
export async function rawOutputs(place: StackPlace): Promise<unknown> {
  return JSON.parse(await answerOf(place, "stack", "output", "--json", "--show-secrets"));
}

/** Reads the outputs of a stack. Throws with Pulumi's own words, or what is missing. */
export async function readOutputs(place: StackPlace): Promise<DeployedOutputs> {
  const result = outputsSchema.safeParse(await rawOutputs(place));
  if (!result.success) {
    throw new Error("The stack has no outputs yet: run `pulumi up` first.");
  }
  return result.data;
}
