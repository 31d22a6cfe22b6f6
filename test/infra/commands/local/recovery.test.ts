import { afterEach, describe, expect, it, vi } from "vitest";

import { daemonAt } from "#infra/docker/daemon.js";
import type { PulumiCli } from "#infra/commands/pulumi/pulumi-cli.js";
import { recover, refuseStrangers } from "#infra/commands/local/recovery.js";
import { type Known, stateOf } from "#infra/commands/local/state.js";
import { type Answers, fakeDaemon, IDLE } from "../../support/docker-daemon.js";

const NAME = "ai-model-service-laptop";

const closing: (() => Promise<void>)[] = [];

afterEach(async () => {
  vi.restoreAllMocks();
  for (const close of closing.splice(0)) {
    await close();
  }
});

async function docker(answers: Answers = {}) {
  const { address, close } = await fakeDaemon({ ...IDLE, ...answers });
  closing.push(close);
  return daemonAt(address);
}

function container(id: string): object {
  return { Id: id, Names: [`/${NAME}-${id}`], State: "running", Labels: {}, Ports: [] };
}

function known(type: string, name: string): Known {
  return { type, urn: `urn:pulumi:laptop::ai-model-service::${type}::${name}`, id: name };
}

const STATE = [
  known("docker:index/container:Container", "node"),
  known("docker:index/container:Container", "registry"),
  known("docker:index/container:Container", "kubeconfig"),
  known("docker:index/network:Network", "cluster"),
  known("docker:index/image:Image", "service"),
  known("kubernetes:core/v1:Namespace", "ai-model-service"),
];

/** Records what Pulumi is told to run. */
function fakeCli(exported?: string): PulumiCli & { ran: string[] } {
  const ran: string[] = [];
  return { ran, run: (...args) => void ran.push(args.join(" ")), ask: () => exported };
}

const VOLUMES = Object.fromEntries(
  ["data", "identity"].map((part) => [`GET /volumes/${NAME}-${part}`, { body: {} }]),
);

describe("refuseStrangers", () => {
  it("is content with the containers that the state knows", async () => {
    const daemon = await docker({ "GET /containers/json": { body: [container("node")] } });
    await expect(refuseStrangers(daemon, NAME, STATE)).resolves.toBeUndefined();
  });

  it("says whose a container may be that the state does not know, and how to remove it", async () => {
    const daemon = await docker({ "GET /containers/json": { body: [container("node")] } });
    await expect(refuseStrangers(daemon, NAME, [])).rejects.toThrow(
      /^Docker has a cluster ai-model-service-laptop .* does not know\. Either another copy of this repository .*\ndocker rm --force --volumes ai-model-service-laptop-node .*docker volume rm .*docker network rm ai-model-service-laptop$/,
    );
  });
});

describe("recover", () => {
  it("does nothing while both servers are there", async () => {
    const [cli, daemon] = [
      fakeCli(),
      await docker({ "GET /containers/json": { body: ["node", "registry"].map(container) } }),
    ];
    await recover(cli, daemon, { name: NAME, stack: "laptop", state: STATE });
    expect(cli.ran).toEqual([]);
  });

  it("looks again at what Docker may have lost, and at nothing else", async () => {
    const cli = fakeCli();
    await recover(cli, await docker(VOLUMES), { name: NAME, stack: "laptop", state: STATE });
    expect(cli.ran).toHaveLength(1);
    const targets = [...(cli.ran[0] ?? "").matchAll(/--target \S+::(\w+)/g)].map(([, name]) => name);
    expect(targets).toEqual(["node", "registry", "cluster"]);
  });

  it("starts anew where the cluster's volumes are gone", async () => {
    vi.spyOn(console, "log").mockReturnValue();
    const cli = fakeCli();
    await recover(cli, await docker(), { name: NAME, stack: "laptop", state: STATE });
    expect(cli.ran).toEqual(["destroy --stack laptop --yes --skip-preview"]);
  });

  it("leaves a stack alone that has made no server yet", async () => {
    const cli = fakeCli();
    await recover(cli, await docker(), { name: NAME, stack: "laptop", state: STATE.slice(3) });
    expect(cli.ran).toEqual([]);
  });
});

describe("stateOf", () => {
  it("lists what a stack has, and nothing where there is none", () => {
    const exported = JSON.stringify({ deployment: { resources: STATE } });
    expect(stateOf(fakeCli(exported), "laptop")).toEqual(STATE);
    expect(stateOf(fakeCli('{"deployment":{"resources":null}}'), "laptop")).toEqual([]);
    expect(stateOf(fakeCli(), "laptop")).toEqual([]);
  });
});
