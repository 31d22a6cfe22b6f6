import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:net";

/** Below the ports that systems hand out by themselves (Linux from 32768), and below Kubernetes's node ports. */
const [LOWEST, HIGHEST] = [20_000, 29_999];

/** Ports of 127.0.0.1 that nobody listens on, nor will by chance a moment later; one for each name. */
export async function freePorts<Name extends string>(
  ...names: readonly Name[]
): Promise<Record<Name, number>> {
  const found = new Set<number>();
  while (found.size < names.length) {
    const port = randomInt(LOWEST, HIGHEST + 1);
    if (await isFree(port)) {
      found.add(port);
    }
  }
  const ports = [...found].map((port, index) => [names[index], port]);
  return Object.fromEntries(ports) as Record<Name, number>;
}

async function isFree(port: number): Promise<boolean> {
  try {
    await closed(await listening(port));
    return true;
  } catch {
    return false;
  }
}

/** Somebody who listens on a port of 127.0.0.1. Rejects when it is taken. */
export async function listening(port: number): Promise<Server> {
  const server = createServer().listen(port, "127.0.0.1");
  await once(server, "listening");
  return server;
}

export async function closed(server: Server): Promise<void> {
  server.close();
  await once(server, "close");
}
