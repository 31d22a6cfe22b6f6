import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { text } from "node:stream/consumers";

import { version } from "@pulumi/pulumi/version.js";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { fakeCluster, type FakeCluster } from "../../support/fake-cluster.js";
import { PREBUILT } from "../../support/stacks.js";

const NEW = PREBUILT.replace(/1/g, "2");

let bin: string;
let cluster: FakeCluster;
let service: Server;
let label: string;

beforeEach(async () => {
  bin = mkdtempSync(join(tmpdir(), "bin-"));
  label = "7";
  service = createServer((request, response) => {
    request.resume();
    request.on("end", () => response.end(JSON.stringify({ predictions: [{ label }] })));
  });
  service.listen(0, "127.0.0.1");
  await once(service, "listening");
  const status = { conditions: [{ type: "Ready", status: "True" }] };
  cluster = await fakeCluster(
    {
      "/api/v1/namespaces/ns/services/inference": { spec: { selector: {} } },
      "/api/v1/namespaces/ns/pods": { items: [{ metadata: { name: "pod" }, status }] },
    },
    (service.address() as AddressInfo).port,
  );
});

afterEach(() => {
  cluster.close();
  service.closeAllConnections();
  service.close();
  rmSync(bin, { recursive: true });
});

const HISTORY = [{ kind: "update", result: "succeeded", environment: { "git.head": "abc" } }];

/** Runs a command beside a Pulumi that keeps what it is told, whose updates to `broken` fail. */
async function run(command: string, args: string[], broken = "none") {
  const kubeconfig = cluster.config.exportConfig();
  const outputs = { image: PREBUILT, namespace: "ns", serviceName: "inference", kubeconfig };
  const log = join(bin, "log");
  const script = `#!/bin/sh
case "$*" in
  version) echo v${version};;
  "stack output"*) cat ${bin}/outputs;;
  "stack history"*) cat ${bin}/history;;
  *) echo "$*" >> ${log};;
esac
case "$*" in up*${broken}*) exit 1;; esac\n`;
  writeFileSync(join(bin, "outputs"), JSON.stringify(outputs));
  writeFileSync(join(bin, "history"), JSON.stringify(HISTORY));
  writeFileSync(join(bin, "pulumi"), script, { mode: 0o755 });
  writeFileSync(log, "");
  const child = spawn(process.execPath, ["--import", "tsx", `infra/commands/${command}.ts`, ...args], {
    env: { ...process.env, PATH: [bin, process.env["PATH"]].join(delimiter) },
  });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const status = child.exitCode ?? ((await once(child, "exit")) as [number])[0];
  return { status, stdout, stderr, did: readFileSync(log, "utf8").trim().split("\n") };
}

function updateTo(image: string): string {
  return `up --stack prod --config-path --config image.reference=${image} --policy-pack infra/policy --yes --skip-preview`;
}

describe("deploy", () => {
  const NEW_ON_PROD = ["--stack", "prod", "--image", NEW];

  it("updates by digest under the policy, and asks for a prediction", async () => {
    const { status, did, stdout } = await run("deploy", NEW_ON_PROD);
    expect(did).toEqual([updateTo(NEW)]);
    expect(cluster.forwarded).toHaveLength(1);
    expect(stdout).toBe(`${NEW} is in service and predicts.\n`);
    expect(status).toBe(0);
  });

  it("returns to what ran when the update fails", async () => {
    const { status, did, stderr } = await run("deploy", NEW_ON_PROD, NEW);
    expect(did).toEqual([updateTo(NEW), updateTo(PREBUILT)]);
    expect(stderr).toContain(`The stack runs ${PREBUILT} again.`);
    expect(status).toBe(1);
  });

  it("returns to what ran when the prediction is wrong, and says that a person is needed if it stays so", async () => {
    label = "1";
    const { status, did, stderr } = await run("deploy", NEW_ON_PROD);
    expect(did).toEqual([updateTo(NEW), updateTo(PREBUILT)]);
    expect(stderr).toMatch(/took the picture of a 7 for something else[^]*The stack needs a person now\./);
    expect(status).toBe(1);
  });

  it("only looks with --preview, and leaves the stack's own settings alone", async () => {
    const { status, did } = await run("deploy", [...NEW_ON_PROD, "--preview"]);
    expect(did).toHaveLength(1);
    expect(did[0]).toMatch(
      /^preview --stack prod --config-file \S+ --config-path --config image\.reference=/,
    );
    expect(status).toBe(0);
  });

  it.each([
    ["a tag, which can be moved", ["--stack", "prod", "--image", "r/service:1"], /does not name its digest/],
    ["no stack", ["--image", NEW], /required option '-s, --stack <name>'/],
  ])("refuses %s", async (_, args, message) => {
    const { status, did, stderr } = await run("deploy", args);
    expect(stderr).toMatch(message);
    expect(did).toEqual([""]);
    expect(status).toBe(1);
  });
});

describe("drift", () => {
  it("compares what runs with the settings of the last update, kept apart", async () => {
    const { status, did } = await run("drift", ["--stack", "prod"]);
    const file = /--config-file (\S+)/.exec(did[0] ?? "")?.[1] ?? "";
    expect(did).toEqual([
      `config refresh --stack prod --config-file ${file}`,
      `preview --stack prod --config-file ${file} --refresh --expect-no-changes --diff`,
    ]);
    expect(status).toBe(0);
  });
});

describe("revision", () => {
  it("prints nothing but what a workflow reads", async () => {
    expect((await run("revision", ["--stack", "prod"])).stdout).toBe("commit=abc\nimage=\n");
  });
});

describe("smoke", () => {
  it("says what predicts, and ends", async () => {
    const { status, stdout } = await run("smoke", ["--stack", "prod"]);
    expect([status, stdout]).toEqual([0, "predicts  ns/inference\n"]);
  });
});
