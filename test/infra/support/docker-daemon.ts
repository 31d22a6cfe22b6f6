import { mkdtempSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What a daemon of the tests answers: by `METHOD /path`, without the query. */
export type Answers = Record<string, { status?: number; body: unknown }>;

/** A daemon that nothing runs on and that allows everything. */
export const IDLE: Answers = {
  "GET /_ping": { body: "OK" },
  "GET /containers/json": { body: [] },
  "POST /containers/create": { status: 404, body: { message: "No such image: preflight.invalid/none:none" } },
};

/** A Docker daemon's API on a socket of its own, with fixed answers. */
export interface FakeDaemon {
  address: string;
  /** `METHOD /path` of what was asked, in order. */
  asked: string[];
  close: () => Promise<void>;
}

/** Serves the answers; anything else is 404. */
export async function fakeDaemon(answers: Answers): Promise<FakeDaemon> {
  const asked: string[] = [];
  const socket = join(mkdtempSync(join(tmpdir(), "docker-")), "docker.sock");
  const server = createServer((incoming, outgoing) => {
    const key = `${incoming.method ?? ""} ${(incoming.url ?? "").split("?")[0] ?? ""}`;
    asked.push(key);
    const { status = 200, body } = answers[key] ?? { status: 404, body: { message: "not found" } };
    outgoing.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  return { address: `unix://${socket}`, asked, close: () => closed(server) };
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve, reject) => server.close((error) => (error ? reject(error) : resolve())));
}
