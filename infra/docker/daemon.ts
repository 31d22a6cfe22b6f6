import { request } from "node:http";

/** What a daemon answered: status and parsed JSON (or the text, if it is none). */
interface Answer {
  status: number;
  body: unknown;
}

/** Few words with a Docker daemon over its API: https://docs.docker.com/reference/api/engine/ */
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
        outgoing.on("timeout", () => outgoing.destroy(new Error("it does not answer")));
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
    `cluster local needs a Docker daemon on this machine, and ${address} is another one: unset DOCKER_HOST`,
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
