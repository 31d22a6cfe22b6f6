import { execFileSync } from "node:child_process";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect } from "vitest";

import { thisDaemonAddress } from "#infra/docker/address.js";
import { type Daemon, daemonAt } from "#infra/docker/daemon.js";
import { bringUp, type LocalStack, takeDown } from "#infra/commands/local/local-stack.js";
import { eventually } from "./monitoring/eventually.js";
import { loggedErrors, logEventsTo } from "./support/event-log.js";
import { leftovers } from "./support/leftovers.js";
import { missingNeeds } from "./support/needs.js";
import { freePorts } from "./support/ports.js";
import { Project } from "./support/project.js";
import { story } from "./support/story.js";

const STACK = "up-down-test";
const NAME = `ai-model-service-${STACK}`;
const UNASKED = ["--yes", "--skip-preview", "--suppress-progress"];

describe.skipIf(missingNeeds(["pulumi", "docker"]).length > 0)("npm run up and npm run down", () => {
  const daemon: Daemon = daemonAt(thisDaemonAddress());
  const { step } = story();
  let project: Project;
  let local: LocalStack;

  beforeAll(async () => {
    project = await Project.copy("Pulumi.dev.yaml");
    local = { root: project.root, stack: STACK };
  });

  afterAll(async () => {
    await takeDown(local, UNASKED);
    await project.remove();
  });

  step("have nothing to take away at first", async () => {
    expect(await takeDown(local, UNASKED)).toBe("There is nothing to take away.");
  });

  step("print addresses that answer and a call that works", async () => {
    const ports = await freePorts("api", "registry", "service", "grafana");
    const settings = Object.entries(ports).map(([name, port]) => `local.ports.${name}=${port}`);
    const choice = ["monitoring.mode=none", "replicas.min=1", ...settings];
    const configs = choice.flatMap((setting) => ["--config", setting]);
    await expectItWorks(await up("--config-path", ...configs));
  });

  step("refuse a cluster that another copy of the repository made", async () => {
    const copy = await Project.copy("Pulumi.dev.yaml");
    for (const command of [bringUp, takeDown]) {
      await expect(command({ root: copy.root, stack: STACK }, UNASKED)).rejects.toThrow(
        `Docker has a cluster ${NAME} that the state in this folder does not know.`,
      );
    }
    await copy.remove();
  });

  step("bring back what was removed by hand, as it was", async () => {
    docker("rm", "--force", "--volumes", `${NAME}-node`, `${NAME}-registry`, `${NAME}-kubeconfig`);
    docker("network", "rm", NAME);
    await expectItWorks(await up());
  });

  step("make anew what was removed with all that it held", async () => {
    docker("rm", "--force", "--volumes", `${NAME}-node`, `${NAME}-registry`, `${NAME}-kubeconfig`);
    docker("volume", "rm", `${NAME}-data`, `${NAME}-identity`, `${NAME}-registry`);
    await expectItWorks(await up());
  });

  step("leave nothing behind, whatever is there still", async () => {
    docker("rm", "--force", "--volumes", `${NAME}-node`);
    expect(await takeDown(local, UNASKED)).toBe("");
    expect(await leftovers(daemon, NAME)).toEqual([]);
    expect(await takeDown(local, UNASKED)).toBe("There is nothing to take away.");
  });

  /** Brings the local stack up; a failure is told with the reason that Pulumi gave, which otherwise only the terminal shows. */
  async function up(...args: string[]): Promise<string> {
    const log = join(project.root, "events.json");
    try {
      return await bringUp(local, [...UNASKED, ...logEventsTo(log), ...args]);
    } catch (cause) {
      throw new Error([String(cause), ...loggedErrors(log)].join("\n"), { cause });
    }
  }

  /** What is printed is what a person tries next. */
  async function expectItWorks(printed: string): Promise<void> {
    const addresses = [...printed.matchAll(/^(Page|API) +(http\S+)$/gm)].map(([, , url = ""]) => url);
    expect(addresses).toHaveLength(2);
    // Pods need a moment after their node is back.
    for (const url of addresses) {
      await eventually(`${url} answers`, () => answers(url));
    }
    const call = /^curl .*$/m.exec(printed)?.[0] ?? "";
    const answer: unknown = JSON.parse(execFileSync("sh", ["-c", `${call} --silent`], { encoding: "utf8" }));
    expect(answer).toMatchObject({ predictions: [{ label: "7" }] });
  }
});

/** Gives up on an answer that does not come, so that it is asked for again: a cluster that just started can lose one. */
async function answers(url: string): Promise<true | undefined> {
  const response = await fetch(url, { signal: AbortSignal.timeout(5_000) });
  await response.arrayBuffer();
  return response.ok ? true : undefined;
}

function docker(...args: string[]): void {
  execFileSync("docker", args, { stdio: "ignore" });
}
