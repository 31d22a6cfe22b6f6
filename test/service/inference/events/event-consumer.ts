import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

export interface Post {
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** Takes events on a port of its own; answers with `status`, never while `isSilent`. */
export class EventConsumer {
  readonly posts: Post[] = [];
  status = 202;
  isSilent = false;

  private constructor(private readonly server: Server) {}

  static async start(): Promise<EventConsumer> {
    const server = createServer();
    const consumer = new EventConsumer(server);
    server.on("request", (request, response) => {
      void text(request).then((body) => {
        consumer.posts.push({ headers: request.headers, body });
        if (!consumer.isSilent) {
          response.writeHead(consumer.status).end("noted");
        }
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return consumer;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/v1/events`;
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}
