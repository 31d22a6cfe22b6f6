import { setTimeout as wait } from "node:timers/promises";

import { z } from "zod";

import type { Daemon } from "../../docker/daemon.js";
import { ROLE_LABEL, STACK_LABEL } from "./container-labels.js";

/** Longest that a container which was started again may take until it is healthy. */
const REVIVAL_SECONDS = 180;

const listed = z.array(
  z.object({
    Id: z.string(),
    Names: z.array(z.string()),
    State: z.string(),
    Labels: z.record(z.string(), z.string()),
    Ports: z.array(z.object({ PublicPort: z.number().optional() })),
  }),
);

const inspected = z.object({ State: z.object({ Health: z.object({ Status: z.string() }).nullish() }) });

/** A container that this stack has made. */
export interface OwnContainer {
  id: string;
  name: string;
  stopped: boolean;
  /** Ports of the host that it holds now. */
  ports: number[];
}

/** This stack's servers, running or not. */
export async function ownContainers(daemon: Daemon, stack: string): Promise<OwnContainer[]> {
  const filters = JSON.stringify({ label: [`${STACK_LABEL}=${stack}`, `${ROLE_LABEL}=server`] });
  const { status, body } = await daemon.call(
    "GET",
    `/containers/json?all=true&filters=${encodeURIComponent(filters)}`,
  );
  if (status !== 200) {
    throw new Error(`The Docker daemon does not list its containers: ${JSON.stringify(body)}.`);
  }
  return listed.parse(body).map((container) => ({
    id: container.Id,
    name: container.Names[0]?.slice(1) ?? container.Id,
    stopped: container.State !== "running",
    ports: container.Ports.flatMap((port) => port.PublicPort ?? []),
  }));
}

/** Starts what was stopped and waits until it is healthy: a cluster that is off cannot even be compared with the program. */
export async function revive(daemon: Daemon, containers: OwnContainer[]): Promise<void> {
  const stopped = containers.filter((container) => container.stopped);
  for (const { id, name } of stopped) {
    const { status, body } = await daemon.call("POST", `/containers/${id}/start`);
    if (status >= 400) {
      throw new Error(`The container ${name} does not start: ${JSON.stringify(body)}.`);
    }
  }
  await Promise.all(stopped.map((container) => healthy(daemon, container)));
}

async function healthy(daemon: Daemon, { id, name }: OwnContainer): Promise<void> {
  const end = performance.now() + REVIVAL_SECONDS * 1000;
  for (;;) {
    const { body } = await daemon.call("GET", `/containers/${id}/json`);
    const health = inspected.parse(body).State.Health;
    if (health == null || health.Status === "healthy") {
      return;
    }
    if (performance.now() > end) {
      throw new Error(`The container ${name} does not become healthy: see docker logs ${name}.`);
    }
    await wait(500);
  }
}
