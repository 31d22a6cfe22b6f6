import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { ENVIRONMENT } from "@ai-model-service/contract/environment";
import type { Servers } from "../http/create-servers.js";
import type { ServerSettings } from "../settings/server-settings.js";

/** Where a service listens. */
export interface Ports {
  readonly port: number;
  readonly adminPort: number | undefined;
}

/** Lets a service listen where its settings say. Rejects as `listen` does. */
export async function listenAll(
  { server, administration }: Servers,
  { port, adminPort = 0, host }: Pick<ServerSettings, "port" | "adminPort" | "host">,
): Promise<Ports> {
  const own = await listen(server, port, host);
  return {
    port: own,
    adminPort: administration && (await listen(administration, adminPort, host, ENVIRONMENT.adminPort)),
  };
}

/**
 * Listens and gives the port. Rejects with an Error that says in one sentence why it cannot, by the name of the port's
 * setting.
 */
export function listen(server: Server, port: number, host: string, variable = "PORT"): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) =>
      reject(new Error(reasonOf(cause, port, host, variable), { cause })),
    );
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });
}

function reasonOf(
  { code, message }: NodeJS.ErrnoException,
  port: number,
  host: string,
  variable: string,
): string {
  const flag = `--${variable.toLowerCase().replaceAll("_", "-")}`;
  switch (code) {
    case "EADDRINUSE":
      return `${variable} ${port} is taken by another program; choose another with ${flag}.`;
    case "EACCES":
      return `${variable} ${port} needs rights that this user does not have; choose one above 1023 with ${flag}.`;
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return `HOST ${host} is no address of this machine.`;
    default:
      return `cannot listen on ${host}:${port}: ${message}`;
  }
}
