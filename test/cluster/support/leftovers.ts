import { z } from "zod";

import type { Daemon } from "#infra/docker/daemon.js";

const containers = z.array(z.object({ Names: z.array(z.string()) }));
const networks = z.array(z.object({ Name: z.string() }));
const volumes = z.object({ Volumes: z.array(z.object({ Name: z.string() })).nullable() });

/** Names of the containers, networks and volumes that a daemon has of a stack, by how their names begin. */
export async function leftovers(daemon: Daemon, prefix: string): Promise<string[]> {
  const get = async (path: string) => (await daemon.call("GET", path)).body;
  const names = [
    ...containers
      .parse(await get("/containers/json?all=true"))
      .flatMap(({ Names }) => Names.map((name) => name.slice(1))),
    ...networks.parse(await get("/networks")).map(({ Name }) => Name),
    ...(volumes.parse(await get("/volumes")).Volumes ?? []).map(({ Name }) => Name),
  ];
  return names.filter((name) => name.startsWith(prefix));
}
