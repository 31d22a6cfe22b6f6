import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

import { version } from "@pulumi/pulumi/version.js";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { PREBUILT } from "../../support/stacks.js";

const NEW = PREBUILT.replace(/1/g, "2");

let bin: string;

beforeEach(() => {
  bin = mkdtempSync(join(tmpdir(), "bin-"));
});

afterEach(() => rmSync(bin, { recursive: true }));

/** A cluster that cannot be reached. */
const kubeconfig = JSON.stringify({
  apiVersion: "v1",
  kind: "Config",
  clusters: [{ name: "c", cluster: { server: "https://127.0.0.1:1" } }],
  users: [{ name: "u", user: {} }],
  contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
  "current-context": "x",
});

const OUTPUTS = { image: PREBUILT, namespace: "ns", serviceName: "inference", kubeconfig };
const HISTORY = [{ kind: "update", result: "succeeded", environment: { "git.head": "abc" } }];

/** Runs a command beside a Pulumi that keeps what it is told, and whose updates to the new image fail. */
function run(command: string, ...args: string[]) {
  const log = join(bin, "log");
  const script = `#!/bin/sh
case "$*" in
  version) echo v${version}; exit;;
  "stack output"*) cat <<'END'\n${JSON.stringify(OUTPUTS)}\nEND\n;;
  "stack history"*) cat <<'END'\n${JSON.stringify(HISTORY)}\nEND\n;;
  *) echo "$*" >> ${log};;
esac
case "$*" in up*${NEW}*) exit 1;; esac\n`;
  writeFileSync(join(bin, "pulumi"), script, { mode: 0o755 });
  writeFileSync(log, "");
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--import", "tsx", `infra/commands/${command}.ts`, ...args],
    { encoding: "utf8", env: { ...process.env, PATH: [bin, process.env["PATH"]].join(delimiter) } },
  );
  return { status, stdout, stderr, did: readFileSync(log, "utf8").trim().split("\n") };
}

describe("deploy", () => {
  it("updates by digest under the policy, and returns to what ran", () => {
    const { status, did, stderr } = run("deploy", "--stack", "prod", "--image", NEW);
    const update = (image: string) =>
      `up --stack prod --config-path --config image.reference=${image} --policy-pack infra/policy --yes --skip-preview`;
    expect(did).toEqual([update(NEW), update(PREBUILT)]);
    // The fake has no cluster to ask for a prediction.
    expect(stderr).toContain(`The return to ${PREBUILT} failed too.`);
    expect(status).toBe(1);
  });

  it("only looks with --preview, and leaves the stack's own settings alone", () => {
    const { status, did } = run("deploy", "--stack", "prod", "--image", NEW, "--preview");
    expect(did).toHaveLength(1);
    expect(did[0]).toMatch(
      /^preview --stack prod --config-file \S+ --config-path --config image\.reference=/,
    );
    expect(status).toBe(0);
  });

  it.each([
    ["a tag, which can be moved", ["--stack", "prod", "--image", "r/service:1"], /does not name its digest/],
    ["no stack", ["--image", NEW], /required option '-s, --stack <name>'/],
  ])("refuses %s", (_, args, message) => {
    const { status, did, stderr } = run("deploy", ...args);
    expect(stderr).toMatch(message);
    expect(did).toEqual([""]);
    expect(status).toBe(1);
  });
});

describe("drift", () => {
  it("compares what runs with the settings of the last update, kept apart", () => {
    const { status, did } = run("drift", "--stack", "prod");
    const file = /--config-file (\S+)/.exec(did[0] ?? "")?.[1] ?? "";
    expect(did).toEqual([
      `config refresh --stack prod --config-file ${file}`,
      `preview --stack prod --config-file ${file} --refresh --expect-no-changes --diff`,
    ]);
    expect(status).toBe(0);
  });
});

describe("revision", () => {
  it("prints nothing but what a workflow reads", () => {
    expect(run("revision", "--stack", "prod").stdout).toBe("commit=abc\nimage=\n");
  });
});
