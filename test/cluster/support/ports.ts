import { once } from "node:events";
import { createServer, type AddressInfo, type Server } from "node:net";

/** Ports of 127.0.0.1 that nobody listens on, one for each name. */
export async function freePorts<Name extends string>(
  ...names: readonly Name[]
): Promise<Record<Name, number>> {
  const servers = await Promise.all(names.map(() => listening(0)));
  const ports = servers.map((server, index) => [names[index], (server.address() as AddressInfo).port]);
  await Promise.all(servers.map(closed));
  return Object.fromEntries(ports) as Record<Name, number>;
}

/** Somebody who listens on a port of 127.0.0.1; 0 for any. */
export async function listening(port: number): Promise<Server> {
  const server = createServer().listen(port, "127.0.0.1");
  await once(server, "listening");
  return server;
}

export async function closed(server: Server): Promise<void> {
  server.close();
  await once(server, "close");
}
