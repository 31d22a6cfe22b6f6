import { spawnSync } from "node:child_process";
import { homedir } from "node:os";
import { join } from "node:path";

import { PulumiCommand } from "@pulumi/pulumi/automation/index.js";

const INSTALL_PAGE = "https://www.pulumi.com/docs/install/";

/** Pulumi's command line as this program uses it. */
export interface PulumiCli {
  /** Runs a command for a person to watch and answer; throws when it fails. */
  run(...args: string[]): void;
  /** What a command prints; undefined when it fails. */
  ask(...args: string[]): string | undefined;
}

/** Pulumi's command line on the PATH, else in the user's home, else fetched to there. Rejects with what is to be done. */
export async function findPulumi(): Promise<string> {
  const root = join(homedir(), ".pulumi");
  const found = (await installed()) ?? (await installed(root)) ?? (await fetched(root));
  return found.command;
}

function installed(root?: string): Promise<PulumiCommand | undefined> {
  return PulumiCommand.get(root === undefined ? {} : { root }).catch(() => undefined);
}

async function fetched(root: string): Promise<PulumiCommand> {
  console.log(`Pulumi's command line is not on the PATH: it is fetched to ${root}.`);
  try {
    return await PulumiCommand.install({ root });
  } catch (error) {
    throw new Error(
      `Pulumi's command line is missing and could not be fetched (${firstLine(error)}). Install it from ${INSTALL_PAGE}. Without it: npm start, for the service alone.`,
      { cause: error },
    );
  }
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).trim().split("\n")[0] ?? "";
}

/** The command line at that path, working in a folder with an environment. */
export function pulumiCli(command: string, cwd: string, env: Record<string, string | undefined>): PulumiCli {
  return {
    run(...args) {
      const { status } = spawnSync(command, args, { cwd, env, stdio: "inherit" });
      if (status !== 0) throw new Error(`pulumi ${args[0] ?? ""} did not succeed.`);
    },
    ask(...args) {
      const { status, stdout } = spawnSync(command, args, { cwd, env, encoding: "utf8" });
      return status === 0 ? stdout : undefined;
    },
  };
}
