import type { Server } from "node:http";
import { Server as Listener } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { Lifecycle } from "./lifecycle.js";
import type { UnusedConnections } from "./unused-connections.js";

/**
 * How long a connection that is open may take to send a request once the server has stopped listening: its client may
 * have sent it before it could know. The answer says that it is the connection's last.
 */
const LAST_REQUEST_MS = 500;

export interface ShutdownOptions {
  readonly servers: readonly Server[];
  readonly unusedConnections: UnusedConnections;
  readonly lifecycle: Lifecycle;
  /** Seconds to go on accepting requests while not ready. */
  readonly delaySeconds: number;
  /** Seconds until the process ends, the delay included; what is left shortly before is refused. */
  readonly graceSeconds: number;
  /** Releases what the requests used, once there are none. */
  readonly release: () => Promise<void>;
}

/**
 * Leaves without a failed request: first not ready, and after `delaySeconds`, when load balancers have noticed,
 * no new connections; then the requests that run are answered; then everything is released.
 */
export async function shutDown(options: ShutdownOptions): Promise<void> {
  const { servers, unusedConnections, lifecycle, delaySeconds, graceSeconds, release } = options;
  lifecycle.drain(graceSeconds * 1000);
  await delay(delaySeconds * 1000);
  const closed = Promise.all(servers.map(stopListening));
  const silent = setTimeout(() => {
    servers.forEach((server) => server.closeIdleConnections());
    unusedConnections.close();
  }, LAST_REQUEST_MS);
  await closed;
  clearTimeout(silent);
  await release();
}

/**
 * Resolves when every connection has ended. An HTTP server's own `close` would first end those that are idle, and from
 * Node.js 26 on those that have not sent a request yet.
 */
function stopListening(server: Server): Promise<void> {
  return new Promise((resolve) => Listener.prototype.close.call(server, () => resolve()));
}
