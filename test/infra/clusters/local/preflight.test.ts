import { createServer, type AddressInfo } from "node:net";

import { afterEach, describe, expect, it } from "vitest";

import { daemonAt } from "#infra/docker/daemon.js";
import { preflight } from "#infra/clusters/local/preflight.js";
import { type Answers, fakeDaemon, type FakeDaemon, IDLE } from "../../support/docker-daemon.js";

const closing: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0)) {
    await close();
  }
});

async function daemon(answers: Answers = {}): Promise<FakeDaemon> {
  const fake = await fakeDaemon({ ...IDLE, ...answers });
  closing.push(fake.close);
  return fake;
}

/** A port of 127.0.0.1 that somebody listens on. */
async function takenPort(): Promise<number> {
  const server = createServer();
  closing.push(() => server.close());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

function container(changes: object): object {
  return { Id: "c1", Names: ["/dev-node"], State: "running", Labels: {}, Ports: [], ...changes };
}

function check(fake: FakeDaemon, ports: Record<string, number> = {}): Promise<void> {
  return preflight(daemonAt(fake.address), { name: "dev", ports });
}

describe("preflight", () => {
  it("passes on a machine that has all", async () => {
    await expect(check(await daemon())).resolves.toBeUndefined();
  });

  it("says where no Docker daemon answers and what works without", async () => {
    const nobody = daemonAt("unix:///nowhere/docker.sock");
    await expect(preflight(nobody, { name: "dev", ports: {} })).rejects.toThrow(
      /^The local cluster needs Docker, but no Docker daemon answers at unix:\/\/\/nowhere\/docker\.sock\. Start Docker.*npm start for the service alone\.$/,
    );
  });

  it("refuses a daemon on another machine", () => {
    expect(() => daemonAt("ssh://me@elsewhere")).toThrow("ssh://me@elsewhere is on another one");
    expect(() => daemonAt("tcp://10.0.0.1:2375")).toThrow("tcp://10.0.0.1:2375 is on another one");
  });

  it("names every setting whose port is taken", async () => {
    const [api, grafana] = [await takenPort(), await takenPort()];
    const ports = { "local.ports.api": api, "local.ports.grafana": grafana };
    await expect(check(await daemon(), ports)).rejects.toThrow(
      new RegExp(
        `^ai-model-service:local.ports.api: Port ${api} .* is taken.*\\.\nai-model-service:local.ports.grafana: Port ${grafana} .* is taken`,
      ),
    );
  });

  it("names the setting of an image that its registry does not have", async () => {
    const fake = await daemon({
      "GET /images/rancher/k3s:here/json": { body: {} },
      "GET /distribution/rancher/k3s:v9/json": { status: 404, body: { message: "manifest unknown" } },
      "GET /distribution/rancher/k3s:private/json": { status: 401, body: { message: "unauthorized" } },
    });
    const check = (image: string) =>
      preflight(daemonAt(fake.address), { name: "dev", ports: {}, images: { "local.k3sImage": image } });
    await expect(check("rancher/k3s:v9")).rejects.toThrow(
      /^ai-model-service:local\.k3sImage: The image rancher\/k3s:v9 is not in its registry\.$/,
    );
    for (const other of ["here", "private", "of-a-daemon-that-asks-no-registry"]) {
      await expect(check(`rancher/k3s:${other}`)).resolves.toBeUndefined();
    }
  });

  it("tells what others found together with its own faults", async () => {
    const api = await takenPort();
    const needs = { name: "dev", ports: { "local.ports.api": api }, otherFaults: ["There are no charts."] };
    await expect(preflight(daemonAt((await daemon()).address), needs)).rejects.toThrow(
      /^ai-model-service:local\.ports\.api: .*\nThere are no charts\.$/,
    );
  });

  it("does not count the ports that its own containers hold", async () => {
    const api = await takenPort();
    const own = container({ Ports: [{ PublicPort: api }] });
    const fake = await daemon({ "GET /containers/json": { body: [own] } });
    await expect(check(fake, { "local.ports.api": api })).resolves.toBeUndefined();
  });

  it("says that privileged containers are forbidden", async () => {
    const forbidden = { status: 403, body: { message: "authorization denied by plugin house: privileged" } };
    await expect(check(await daemon({ "POST /containers/create": forbidden }))).rejects.toThrow(
      /^The local cluster needs a privileged container, .* authorization denied by plugin house: privileged\.$/,
    );
  });

  it("starts its own container that was stopped, and waits until it is healthy", async () => {
    const fake = await daemon({
      "GET /containers/json": { body: [container({ State: "exited" })] },
      "POST /containers/c1/start": { status: 204, body: "" },
      "GET /containers/c1/json": { body: { State: { Health: { Status: "healthy" } } } },
    });
    await check(fake);
    expect(fake.asked.slice(-2)).toEqual(["POST /containers/c1/start", "GET /containers/c1/json"]);
  });

  it("names its container that does not start", async () => {
    const fake = await daemon({
      "GET /containers/json": { body: [container({ State: "exited" })] },
      "POST /containers/c1/start": { status: 500, body: { message: "no space left" } },
    });
    await expect(check(fake)).rejects.toThrow(/^The container dev-node does not start: .*no space left/);
  });
});
