/** Pulumi's command line: found on this machine, or downloaded, and run. */

import { spawnSync } from "node:child_process";
import { homedir } from "node:os";
import { delimiter, dirname, isAbsolute, join } from "node:path";

import { PulumiCommand } from "@pulumi/pulumi/automation/index.js";
import { version } from "@pulumi/pulumi/version.js";

import { installRelease, RELEASES } from "./pulumi-release.js";

const INSTALL_PAGE = "https://www.pulumi.com/docs/install/";

/** Pulumi's command line as this program uses it. */
export interface PulumiCli {
  /** Runs a command for a person to watch and answer; throws when it fails. */
  run(...args: string[]): void;
  /** What a command prints; throws with Pulumi's own words when it fails. */
  ask(...args: string[]): string;
}

/** Path of Pulumi's command line: on the PATH, else in the user's home, else fetched to there. Rejects with what is to be done. */
export async function findPulumi(home = homedir(), releases = RELEASES): Promise<string> {
  const root = join(home, ".pulumi");
  const fetched = join(root, "versions", version);
  const found = (await installed()) ?? (await installed(root)) ?? (await installed(fetched));
  if (found !== undefined) {
    return found.command;
  }
  await fetchTo(fetched, releases);
  return (await PulumiCommand.get({ root: fetched })).command;
}

function installed(root?: string): Promise<PulumiCommand | undefined> {
  return PulumiCommand.get(root === undefined ? {} : { root }).catch(() => undefined);
}

async function fetchTo(folder: string, releases: string): Promise<void> {
  console.error(`Pulumi's command line is not on the PATH. Downloading version ${version} to ${folder}.`);
  try {
    await installRelease(version, folder, releases);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(
      `Pulumi's command line is missing and could not be downloaded: ${why}. Install it from ${INSTALL_PAGE}. Without it, run npm start for the service alone.`,
      { cause: error },
    );
  }
}

/** The command line at that path, working in a folder with an environment. */
export function pulumiCli(
  command: string,
  cwd: string,
  environment: Record<string, string | undefined>,
): PulumiCli {
  const env = withSiblings(command, environment);
  return {
    run(...args) {
      const { status } = spawnSync(command, args, { cwd, env, stdio: "inherit" });
      if (status !== 0) {
        throw new Error(`The command pulumi ${args[0] ?? ""} failed.`);
      }
    },
    ask(...args) {
      const { status, stdout, stderr } = spawnSync(command, args, { cwd, env, encoding: "utf8" });
      if (status !== 0) {
        throw new Error(`The command pulumi ${args.join(" ")} failed:\n${stderr.trim()}`);
      }
      return stdout;
    },
  };
}

/** Lets Pulumi find the language hosts that are installed beside it. */
function withSiblings(
  command: string,
  environment: Record<string, string | undefined>,
): Record<string, string | undefined> {
  if (!isAbsolute(command)) {
    return environment;
  }
  return { ...environment, PATH: [dirname(command), environment["PATH"]].join(delimiter) };
}
