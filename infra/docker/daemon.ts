/** Docker: finds this machine's Docker daemon and talks to it. */

import { request } from "node:http";

/** What a daemon answered: its status, and its body as parsed JSON, or as text where it is not JSON. */
interface Answer {
  status: number;
  body: unknown;
}

/** A few words with a Docker daemon over its API: https://docs.docker.com/reference/api/engine/ */
export interface Daemon {
  address: string;
  call(method: "GET" | "POST", path: string, body?: unknown): Promise<Answer>;
}

/** A Docker daemon on this machine at a `unix:`, `npipe:` or loopback `tcp:` URL. Rejects with the socket's own errors. */
export function daemonAt(address: string): Daemon {
  const target = connection(address);
  return {
    address,
    call: (method, path, body) =>
      new Promise((resolve, reject) => {
        const outgoing = request(
          {
            ...target,
            method,
            path,
            headers: { host: "docker", "content-type": "application/json" },
            timeout: 10_000,
          },
          (incoming) => {
            let text = "";
            incoming.setEncoding("utf8");
            incoming.on("data", (chunk: string) => (text += chunk));
            incoming.on("end", () => resolve({ status: incoming.statusCode ?? 0, body: parsed(text) }));
            incoming.on("error", reject);
          },
        );
        outgoing.on("timeout", () => outgoing.destroy(new Error("no answer within 10 s")));
        outgoing.on("error", reject);
        outgoing.end(body === undefined ? undefined : JSON.stringify(body));
      }),
  };
}

/** How to connect to a daemon on this machine; throws for one elsewhere, whose ports would not be on 127.0.0.1 here. */
function connection(address: string): { socketPath: string } | { host: string; port: number } {
  const pipe = /^(?:unix|npipe):\/\/(.+)$/.exec(address)?.[1];
  if (pipe !== undefined) {
    return { socketPath: pipe };
  }
  const [, host, port] = /^(?:tcp|http):\/\/(localhost|127\.0\.0\.1|\[::1\]):(\d+)\/?$/.exec(address) ?? [];
  if (host !== undefined) {
    return { host: host.replace(/[[\]]/g, ""), port: Number(port) };
  }
  throw new Error(
    `The local cluster needs a Docker daemon on this machine, but ${address} is on another one. Unset DOCKER_HOST.`,
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
