import { createHash } from "node:crypto";

import { describe, expect, it } from "vitest";

import { daemonAddress, type Surroundings } from "#infra/docker/address.js";

const colima = createHash("sha256").update("colima").digest("hex");
const files: Record<string, string> = {
  "/home/me/.docker/config.json": JSON.stringify({ currentContext: "colima" }),
  [`/home/me/.docker/contexts/meta/${colima}/meta.json`]: JSON.stringify({
    Name: "colima",
    Endpoints: { docker: { Host: "unix:///home/me/.colima/docker.sock" } },
  }),
};

function where(changes: Partial<Surroundings> = {}): Surroundings {
  return { environment: {}, home: "/home/me", platform: "linux", read: (path) => files[path], ...changes };
}

describe("daemonAddress", () => {
  it("takes DOCKER_HOST before any context", () => {
    expect(daemonAddress(where({ environment: { DOCKER_HOST: "tcp://127.0.0.1:2375" } }))).toBe(
      "tcp://127.0.0.1:2375",
    );
  });

  it("takes the context that the configuration names", () => {
    expect(daemonAddress(where())).toBe("unix:///home/me/.colima/docker.sock");
  });

  it("takes DOCKER_CONTEXT before the configuration's context", () => {
    expect(daemonAddress(where({ environment: { DOCKER_CONTEXT: "default" } }))).toBe(
      "unix:///var/run/docker.sock",
    );
  });

  it("takes the platform's default without configuration", () => {
    const read = () => undefined;
    expect(daemonAddress(where({ read }))).toBe("unix:///var/run/docker.sock");
    expect(daemonAddress(where({ read, platform: "win32" }))).toBe("npipe:////./pipe/docker_engine");
  });

  it("names a context that is not there", () => {
    expect(() => daemonAddress(where({ environment: { DOCKER_CONTEXT: "gone" } }))).toThrow('context "gone"');
  });
});
