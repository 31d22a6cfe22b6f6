import type { Server } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import type { Lifecycle } from "./lifecycle.js";

export interface ShutdownOptions {
  readonly server: Server;
  readonly lifecycle: Lifecycle;
  /** Seconds to go on accepting requests while not ready. */
  readonly delaySeconds: number;
  /** Releases what the requests used, once there are none. */
  readonly release: () => Promise<void>;
}

/**
 * Leaves without a failed request: first not ready, and after `delaySeconds`, when load balancers have noticed,
 * no new connections; then the requests that run are answered; then everything is released.
 */
export async function shutDown({ server, lifecycle, delaySeconds, release }: ShutdownOptions): Promise<void> {
  lifecycle.drain();
  await delay(delaySeconds * 1000);
  await new Promise<void>((resolve) => server.close(() => resolve()));
  await release();
}
