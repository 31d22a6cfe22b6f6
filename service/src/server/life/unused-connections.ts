import type { Server } from "node:http";
import type { Socket } from "node:net";

/**
 * Connections on which no request has begun; browsers open them ahead of need. Before Node.js 26 a server that closes
 * waits for these as if they were busy, so that one open page would hold up the shutdown.
 */
export class UnusedConnections {
  private readonly sockets = new Set<Socket>();

  /** Watches servers that do not listen yet. */
  constructor(servers: readonly Server[]) {
    servers.forEach((server) => this.watch(server));
  }

  private watch(server: Server): void {
    server.on("connection", (socket: Socket) => {
      this.sockets.add(socket);
      socket.once("close", () => this.sockets.delete(socket));
    });
    server.on("request", ({ socket }) => this.sockets.delete(socket));
  }

  close(): void {
    for (const socket of this.sockets) {
      socket.destroy();
    }
  }
}
