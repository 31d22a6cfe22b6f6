import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** Where to look: environment variables, the user's home, and how to read a file (undefined if there is none). */
export interface Surroundings {
  environment: Record<string, string | undefined>;
  home: string;
  platform: NodeJS.Platform;
  read: (path: string) => string | undefined;
}

/**
 * URL of the Docker daemon that the `docker` command would use: `DOCKER_HOST`, else the context of `DOCKER_CONTEXT` or of
 * the configuration file, else the platform's default. https://docs.docker.com/engine/manage-resources/contexts/
 */
export function daemonAddress(where: Surroundings): string {
  const host = where.environment["DOCKER_HOST"];
  if (host !== undefined && host !== "") {
    return host;
  }
  return contextAddress(where) ?? defaultAddress(where.platform);
}

/** URL of the Docker daemon that the `docker` command would use on this machine. */
export function thisDaemonAddress(): string {
  return daemonAddress({
    environment: process.env,
    home: homedir(),
    platform: process.platform,
    read: (path) => (existsSync(path) ? readFileSync(path, "utf8") : undefined),
  });
}

function contextAddress(where: Surroundings): string | undefined {
  const folder = where.environment["DOCKER_CONFIG"] ?? join(where.home, ".docker");
  const name =
    where.environment["DOCKER_CONTEXT"] ??
    stringAt(where.read(join(folder, "config.json")), ["currentContext"]) ??
    "default";
  if (name === "default") {
    return undefined;
  }
  const id = createHash("sha256").update(name).digest("hex");
  const address = stringAt(where.read(join(folder, "contexts", "meta", id, "meta.json")), [
    "Endpoints",
    "docker",
    "Host",
  ]);
  if (address === undefined) {
    throw new Error(`Docker's context "${name}" does not exist. Choose another with docker context use.`);
  }
  return address;
}

function defaultAddress(platform: NodeJS.Platform): string {
  return platform === "win32" ? "npipe:////./pipe/docker_engine" : "unix:///var/run/docker.sock";
}

/** The string at a path in JSON text, if there is one. */
function stringAt(json: string | undefined, path: string[]): string | undefined {
  if (json === undefined) {
    return undefined;
  }
  let value: unknown = JSON.parse(json);
  for (const key of path) {
    if (typeof value !== "object" || value === null) {
      return undefined;
    }
    value = (value as Record<string, unknown>)[key];
  }
  return typeof value === "string" ? value : undefined;
}
