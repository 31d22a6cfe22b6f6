import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { stringify } from "yaml";

import { readKubeconfig } from "#infra/clusters/existing/kubeconfig-files.js";

let folder = "";
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "kubeconfigs-"))));
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

function write(name: string, cluster: object, user: object = {}): string {
  const path = join(folder, name, "config");
  mkdirSync(join(folder, name));
  const content = {
    "current-context": name,
    clusters: [{ name, cluster: { server: `https://${name}.test`, ...cluster } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    users: [{ name, user }],
  };
  writeFileSync(path, stringify(content));
  return path;
}

describe("the kubeconfig of this machine", () => {
  it("is every file of KUBECONFIG that exists", () => {
    const files = [write("one", {}), join(folder, "missing"), write("two", {})];
    vi.stubEnv("KUBECONFIG", files.join(delimiter));
    const { contexts, "current-context": current } = readKubeconfig(undefined);
    expect(contexts.map(({ name }) => name)).toEqual(["one", "two"]);
    expect(current).toBe("one");
  });

  it("has the paths of certificates, tokens and commands from the folder that it is in", () => {
    const path = write(
      "one",
      { "certificate-authority": "ca.pem" },
      {
        "client-certificate": "certs/me.pem",
        "client-key": "/etc/me.key",
        tokenFile: "../token",
        exec: { command: "./login", args: ["./stays"] },
      },
    );
    const { clusters, users } = readKubeconfig(path);
    expect(clusters[0]?.cluster).toMatchObject({ "certificate-authority": join(folder, "one", "ca.pem") });
    expect(users[0]?.user).toEqual({
      "client-certificate": join(folder, "one", "certs", "me.pem"),
      "client-key": "/etc/me.key",
      tokenFile: join(folder, "token"),
      exec: { command: join(folder, "one", "login"), args: ["./stays"] },
    });
  });

  it("leaves a command without a path to the PATH", () => {
    const path = write("one", {}, { exec: { command: "aws", args: [] } });
    expect(readKubeconfig(path).users[0]?.user.exec?.command).toBe("aws");
  });

  it("that is nowhere is asked for by every place", () => {
    vi.stubEnv("KUBECONFIG", ["/nowhere/a", "/nowhere/b"].join(delimiter));
    expect(() => readKubeconfig(undefined)).toThrow("The file /nowhere/a or /nowhere/b does not exist.");
  });
});
