import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";

/** What happens to a request on its way to the store. */
export type Fault =
  /** The connection is closed after so many bytes of the answer. */
  | { readonly kind: "cut"; readonly afterBytes: number }
  | { readonly kind: "status"; readonly status: number }
  /** The last byte of the answer is another. */
  | { readonly kind: "wrong bytes" }
  /** Nothing is answered. */
  | { readonly kind: "silent" }
  /** Each piece of the answer waits. */
  | { readonly kind: "slow"; readonly milliseconds: number };

/** A request as the proxy saw it. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly range: string | undefined;
}

/** Stands between a client and a store on loopback, and does to requests what `fault` says. */
export class FaultProxy {
  readonly seen: Seen[] = [];
  fault: (seen: Seen) => Fault | undefined = () => undefined;

  private constructor(
    private readonly port: number,
    private readonly server: Server,
  ) {}

  static async start(port: number): Promise<FaultProxy> {
    const server = createServer();
    const proxy = new FaultProxy(port, server);
    server.on("request", (incoming, outgoing) => proxy.pass(incoming, outgoing));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Keys whose content was asked for, in order. */
  get fetched(): string[] {
    return this.seen.flatMap(({ method, path }) => {
      const [key = "", query = ""] = decodeURIComponent(path).split("?");
      return method === "GET" && !query.includes("list-type") ? key.split("/").slice(2).join("/") : [];
    });
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, "close");
  }

  private pass(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const { method = "", url: path = "", headers } = incoming;
    const seen = { method, path, range: headers.range };
    this.seen.push(seen);
    const fault = this.fault(seen);
    if (fault?.kind === "silent") {
      return;
    }
    if (fault?.kind === "status") {
      outgoing.writeHead(fault.status).end();
      return;
    }
    // The host is part of what is signed, but moto does not look.
    const onward = request({ host: "127.0.0.1", port: this.port, method, path, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      void relay(answer, outgoing, fault).catch(() => outgoing.destroy());
    });
    onward.on("error", () => outgoing.destroy());
    incoming.pipe(onward);
  }
}

async function relay(
  answer: IncomingMessage,
  outgoing: ServerResponse,
  fault: Fault | undefined,
): Promise<void> {
  let sent = 0;
  const total = Number(answer.headers["content-length"]);
  for await (const piece of answer as AsyncIterable<Buffer>) {
    let bytes = piece;
    if (fault?.kind === "cut" && sent + bytes.length > fault.afterBytes) {
      outgoing.write(bytes.subarray(0, fault.afterBytes - sent), () => outgoing.destroy());
      return;
    }
    if (fault?.kind === "wrong bytes" && sent + bytes.length === total) {
      bytes = Buffer.from(bytes);
      bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    }
    if (fault?.kind === "slow") {
      await new Promise((resolve) => setTimeout(resolve, fault.milliseconds));
    }
    sent += bytes.length;
    if (!outgoing.write(bytes)) {
      await once(outgoing, "drain");
    }
  }
  outgoing.end();
}
