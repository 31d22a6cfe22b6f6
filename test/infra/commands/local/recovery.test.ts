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
function fakeCli(): PulumiCli & { ran: string[] } {
  const ran: string[] = [];
  return { ran, run: (...args) => void ran.push(args.join(" ")), ask: () => "" };
}

const VOLUMES = Object.fromEntries(
  ["data", "identity"].map((part) => [`GET /volumes/${NAME}-${part}`, { body: {} }]),
);

describe("refuseStrangers", () => {
  it("is content with the containers that the state knows", async () => {
    const daemon = await docker({ "GET /containers/json": { body: [container("node")] } });
    await expect(refuseStrangers(daemon, NAME, STATE)).resolves.toBeUndefined();
  });

  it("says whose a container may be that the state does not know, and prints nothing that would remove it", async () => {
    const daemon = await docker({ "GET /containers/json": { body: [container("node")] } });
    const refusal: unknown = await refuseStrangers(daemon, NAME, []).catch((reason: unknown) => reason);
    expect(String(refusal)).toMatch(
      /^Error: Docker has a cluster ai-model-service-laptop .* does not know\. Run npm run down/,
    );
    expect(String(refusal)).not.toContain("docker ");
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
  /** Answers by the command's second word; one that is not there fails. */
  function pulumi(answers: Record<string, string>): PulumiCli {
    return {
      run: () => undefined,
      ask: (...args) => {
        const answer = answers[args[1] ?? ""];
        if (answer === undefined) {
          throw new Error(`The command pulumi ${args.join(" ")} failed:\nerror: incorrect passphrase`);
        }
        return answer;
      },
    };
  }

  it.each(["laptop", "somebody/laptop"])("lists what a stack has that is listed as %s", (name) => {
    const ls = JSON.stringify([{ name: "dev" }, { name }]);
    const exported = JSON.stringify({ deployment: { resources: STATE } });
    expect(stateOf(pulumi({ ls, export: exported }), "laptop")).toEqual(STATE);
    const empty = '{"deployment":{"resources":null}}';
    expect(stateOf(pulumi({ ls, export: empty }), "laptop")).toEqual([]);
  });

  it("has nothing of a stack that is not there", () => {
    expect(stateOf(pulumi({ ls: '[{"name":"dev"}]' }), "laptop")).toEqual([]);
  });

  it("takes a state that cannot be read for no empty one", () => {
    expect(() => stateOf(pulumi({}), "laptop")).toThrow("stack ls --json failed");
    expect(() => stateOf(pulumi({ ls: '[{"name":"laptop"}]' }), "laptop")).toThrow(
      "The command pulumi stack export --stack laptop failed:\nerror: incorrect passphrase",
    );
  });
});
