import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import type { Duplex } from "node:stream";

import { KubeConfig } from "@kubernetes/client-node";

/** A cluster on the loopback that has some objects, and whose pods all lead to one port of this machine. */
export interface FakeCluster {
  readonly config: KubeConfig;
  /** Pods and ports that were forwarded: `PATH?ports=PORT`. */
  readonly forwarded: readonly string[];
  close(): void;
}

/** Answers with the object at a path, or with a status where that is a number; with 404 for every other path. */
export async function fakeCluster(
  objects: Readonly<Record<string, unknown>>,
  podPort = 0,
): Promise<FakeCluster> {
  const forwarded: string[] = [];
  const open = new Set<Duplex>();
  const server = createServer(({ url = "" }, response) => {
    const found = objects[url.split("?")[0] ?? ""] ?? 404;
    const [status, body] =
      typeof found === "number" ? [found, { kind: "Status", code: found }] : [200, found];
    response.writeHead(status, { "content-type": "application/json", connection: "close" });
    response.end(JSON.stringify(body));
  });
  server.on("upgrade", (request: IncomingMessage, socket: Duplex) => {
    forwarded.push(request.url ?? "");
    open.add(socket);
    accept(request, socket);
    join(socket, connect(podPort, "127.0.0.1"));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const config = new KubeConfig();
  config.loadFromClusterAndUser({ name: "c", server: address, skipTLSVerify: true }, { name: "u" });
  return { config, forwarded, close: () => (server.close(), open.forEach((socket) => socket.destroy())) };
}

/** Takes a WebSocket on, in the API server's protocol of channels. */
function accept({ headers }: IncomingMessage, socket: Duplex): void {
  const key = `${headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
  socket.write(
    [
      "HTTP/1.1 101 Switching Protocols",
      "Upgrade: websocket",
      "Connection: Upgrade",
      `Sec-WebSocket-Accept: ${createHash("sha1").update(key).digest("base64")}`,
      "Sec-WebSocket-Protocol: v4.channel.k8s.io",
      "\r\n",
    ].join("\r\n"),
  );
  // Each channel begins with the port's number: data on 0, errors on 1.
  for (const channel of [0, 1]) {
    send(socket, Buffer.from([channel, 0, 0]));
  }
}

function join(socket: Duplex, pod: Socket): void {
  let rest = Buffer.alloc(0);
  socket.on("data", (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk]);
    for (let frame = firstFrame(rest); frame !== undefined; frame = firstFrame(rest)) {
      rest = rest.subarray(frame.size);
      if (frame.text[0] === 0) {
        pod.write(frame.text.subarray(1));
      }
    }
  });
  pod.on("data", (chunk: Buffer) => send(socket, Buffer.concat([Buffer.of(0), chunk])));
  for (const [one, other] of [[socket, pod] as const, [pod, socket] as const]) {
    one.on("close", () => other.destroy()).on("error", () => other.destroy());
  }
}

/** The first frame of a client, which masks what it sends; undefined until it is there whole. Larger ones than 64 KiB are not sent here. */
function firstFrame(bytes: Buffer): { size: number; text: Buffer } | undefined {
  const short = (bytes[1] ?? 0) & 0x7f;
  const head = short === 126 ? 8 : 6;
  if (bytes.length < head) {
    return undefined;
  }
  const length = short === 126 ? bytes.readUInt16BE(2) : short;
  if (bytes.length < head + length) {
    return undefined;
  }
  const mask = bytes.subarray(head - 4, head);
  const text = bytes.subarray(head, head + length).map((byte, at) => byte ^ (mask[at % 4] ?? 0));
  return { size: head + length, text: Buffer.from(text) };
}

function send(socket: Duplex, content: Buffer): void {
  const size = Buffer.alloc(4, Buffer.of(0x82, 126));
  size.writeUInt16BE(content.length, 2);
  socket.write(Buffer.concat([content.length < 126 ? Buffer.of(0x82, content.length) : size, content]));
}
