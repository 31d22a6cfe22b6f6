import { readFileSync } from "node:fs";
import { createServer, type AddressInfo, type Server } from "node:net";

import type { Stack } from "@pulumi/pulumi/automation/index.js";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { z } from "zod";

import { PATHS } from "@ai-model-service/contract";

import { thisDaemonAddress } from "../../infra/docker/address.js";
import { type Daemon, daemonAt } from "../../infra/docker/daemon.js";
import { missingNeeds } from "./support/needs.js";
import { Project } from "./support/project.js";
import { createStack } from "./support/stack.js";

const STACK = "local-test";
const NAME = `ai-model-service-${STACK}`;

const answer = z.object({ predictions: z.array(z.object({ label: z.string() })) });
const named = z.array(z.object({ Names: z.array(z.string()) }));

describe.skipIf(missingNeeds(["pulumi", "docker"]).length > 0)("the program on this machine's Docker", () => {
  let daemon: Daemon;
  let project: Project;
  let stack: Stack;
  let ports: Record<"api" | "registry" | "service" | "grafana", number>;

  beforeAll(async () => {
    daemon = daemonAt(thisDaemonAddress());
    ports = await freePorts();
    project = await Project.copy();
    stack = await createStack(project, STACK, {
      cluster: "local",
      local: { ports },
      monitoring: { mode: "none" },
      replicas: { min: 1, max: 2 },
    });
  });

  afterAll(async () => {
    await stack.destroy();
    await project.remove();
  });

  it("says which port is taken, and makes nothing", async () => {
    const other = await listening(ports.service);
    await expect(stack.up()).rejects.toThrow(
      new RegExp(`local\\.ports\\.service: port ${ports.service} on 127\\.0\\.0\\.1 is taken`),
    );
    await closed(other);
    expect(await leftovers(daemon)).toEqual([]);
  });

  it("comes up from nothing but Docker", async () => {
    const { outputs } = await stack.up();
    expect(outputs).toMatchObject({
      endpoint: { value: `http://127.0.0.1:${ports.service}` },
      image: { value: expect.stringMatching(`^localhost:${ports.registry}/.*@sha256:`) as string },
      kubeconfig: {
        secret: true,
        value: expect.stringContaining(`https://127.0.0.1:${ports.api}`) as string,
      },
    });
  });

  it("predicts at its endpoint", () => expectPredictions());

  it("has nothing to change in a second run", async () => {
    const { summary } = await stack.up({ expectNoChanges: true });
    expect(Object.keys(summary.resourceChanges ?? {})).toEqual(["same"]);
  });

  it("brings a node that was killed back as it was", async () => {
    await daemon.call("POST", `/containers/${NAME}-node/kill`);
    const { summary } = await stack.up();
    expect(Object.keys(summary.resourceChanges ?? {})).toEqual(["same"]);
    await expectPredictions();
  });

  it("is gone without a trace", async () => {
    await stack.destroy();
    expect(await leftovers(daemon)).toEqual([]);
  });

  /** Pods need a moment after their node is back. */
  async function expectPredictions(): Promise<void> {
    const body = readFileSync("test/fixtures/digit-7.png");
    const predict = async () => {
      const url = `http://127.0.0.1:${ports.service}${PATHS.predict}`;
      const response = await fetch(url, { method: "POST", headers: { "content-type": "image/png" }, body });
      return answer.parse(await response.json()).predictions.map(({ label }) => label);
    };
    await vi.waitFor(async () => expect(await predict()).toEqual(["7"]), { timeout: 120_000, interval: 500 });
  }
});

/** Containers, volumes and networks of the stack that the daemon still has. */
async function leftovers(daemon: Daemon): Promise<string[]> {
  const containers = named.parse((await daemon.call("GET", "/containers/json?all=true")).body);
  const networks = z
    .array(z.object({ Name: z.string() }))
    .parse((await daemon.call("GET", "/networks")).body);
  const volumes = z
    .object({ Volumes: z.array(z.object({ Name: z.string() })).nullable() })
    .parse((await daemon.call("GET", "/volumes")).body);
  const names = [
    ...containers.flatMap(({ Names }) => Names.map((name) => name.slice(1))),
    ...networks.map(({ Name }) => Name),
    ...(volumes.Volumes ?? []).map(({ Name }) => Name),
  ];
  return names.filter((name) => name.startsWith(NAME));
}

async function freePorts(): Promise<Record<"api" | "registry" | "service" | "grafana", number>> {
  const servers = await Promise.all([0, 0, 0, 0].map((port) => listening(port)));
  const [api = 0, registry = 0, service = 0, grafana = 0] = servers.map(
    (s) => (s.address() as AddressInfo).port,
  );
  await Promise.all(servers.map(closed));
  return { api, registry, service, grafana };
}

function listening(port: number): Promise<Server> {
  const server = createServer();
  return new Promise((resolve) => server.listen(port, "127.0.0.1", () => resolve(server)));
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}
