import { execFileSync } from "node:child_process";

import { describe, expect, it } from "vitest";
import { parse } from "yaml";

import {
  ENTRYPOINT,
  healthCommand,
  hostKubeconfig,
  KUBECONFIG_PATH,
  registriesYaml,
  serverCommand,
} from "#infra/clusters/local/k3s.js";

const nodeKubeconfig = `apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: Y2E=
    server: https://127.0.0.1:6443
  name: default
kind: Config
`;

describe("hostKubeconfig", () => {
  it("reaches the API server through the published port and changes nothing else", () => {
    expect(hostKubeconfig(nodeKubeconfig, 6550)).toBe(nodeKubeconfig.replace("6443", "6550"));
  });

  it("refuses what is not a kubeconfig", () => {
    expect(() => hostKubeconfig("cat: no such file", 6550)).toThrow("does not name a server");
  });
});

describe("registriesYaml", () => {
  it("mirrors the name that the host pushes to", () => {
    expect(parse(registriesYaml(5050, "http://registry:5000"))).toEqual({
      mirrors: { "localhost:5050": { endpoint: ["http://registry:5000"] } },
    });
  });
});

describe("ENTRYPOINT", () => {
  it("starts k3s in its own process with the command line, once mounts propagate", () => {
    const [shell = "", flag = "", script = "", name = ""] = ENTRYPOINT;
    const harmless = script
      .replace("mount --make-rshared /", () => "echo mounts $$")
      .replace("/bin/k3s", () => "/bin/sh -c 'echo k3s $$ $0 $*'");
    const lines = execFileSync(shell, [flag, harmless, name, "server", "--a b"], { encoding: "utf8" });
    expect(lines).toMatch(/^mounts (\d+)\nk3s \1 server --a b\n$/);
  });
});

describe("serverCommand", () => {
  it("names the node, so that it is the same one in another container", () => {
    expect(serverCommand("dev")).toContain("--node-name=dev");
  });

  it("writes the kubeconfig where it outlives the container", () => {
    expect(serverCommand("dev")).toContain(`--write-kubeconfig=${KUBECONFIG_PATH}`);
  });
});

describe("healthCommand", () => {
  it("asks for the node and for the registry", () => {
    expect(healthCommand("http://registry:5000")).toMatch(
      /wait node .* && .*--server=http:\/\/registry:5000/,
    );
  });
});
