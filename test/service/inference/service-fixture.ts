import type { Server } from "node:http";
import pino from "pino";
import { readKeys } from "#service/server/access/keys.js";
import { Lifecycle } from "#service/server/life/lifecycle.js";
import { listen } from "#service/server/life/listen.js";
import type { Tracing } from "#service/server/observe/tracing.js";
import type { EngineOptions } from "#service/inference/engine/create-engine.js";
import type { Engine } from "#service/inference/engine/engine.js";
import { startEvents, type Events } from "#service/inference/events/start-events.js";
import { Promotion } from "#service/inference/promotion/open-promotion.js";
import { createService } from "#service/inference/create-service.js";
import { readSettings } from "#service/inference/settings.js";
import { RepositoryFixture } from "./engine/repository-fixture.js";

/** A service that listens on a free port, over a real engine and a model repository of its own. */
export class ServiceFixture {
  readonly lifecycle = new Lifecycle();

  private constructor(
    readonly repository: RepositoryFixture,
    readonly engine: Engine,
    readonly log: string[],
  ) {}

  private servers: readonly Server[] = [];
  private events: Events | undefined;
  port = 0;
  /** The same unless the settings have a port for administrators. */
  adminPort = 0;

  /** `fill` puts the models; `environment` has the settings that are not the defaults. */
  static async start(
    fill: (repository: RepositoryFixture) => Promise<void>,
    environment: Readonly<Record<string, string>> = {},
    engineOptions: Partial<EngineOptions> = {},
    tracing?: Tracing,
  ): Promise<ServiceFixture> {
    const repository = await RepositoryFixture.create();
    await fill(repository);
    const engine = await repository.started(engineOptions);
    const lines: string[] = [];
    const settings = readSettings(environment);
    const fixture = new ServiceFixture(repository, engine, lines);
    const { registry } = repository;
    const log = pino({ level: settings.logLevel }, { write: (line: string) => void lines.push(line) });
    const events = startEvents(settings, registry, log);
    fixture.events = events;
    const { server, administration } = createService({
      tell: events?.tell,
      settings,
      engine,
      registry,
      lifecycle: fixture.lifecycle,
      log,
      logOutput: { dropped: 0 },
      keys: readKeys(settings),
      tracing,
      steering: () => new Promotion(repository.root, log).steering(),
    });
    fixture.servers = administration ? [server, administration] : [server];
    fixture.port = await listen(server, 0, "127.0.0.1");
    fixture.adminPort = administration ? await listen(administration, 0, "127.0.0.1") : fixture.port;
    return fixture;
  }

  /** A path on the administrators' port. */
  administer(path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(`http://127.0.0.1:${this.adminPort}${path}`, init);
  }

  url(path: string): string {
    return `http://127.0.0.1:${this.port}${path}`;
  }

  get(path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(this.url(path), init);
  }

  post(path: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    const raw = body instanceof Uint8Array || typeof body === "string" || body instanceof FormData;
    return fetch(this.url(path), {
      method: "POST",
      body: raw ? (body as NonNullable<RequestInit["body"]>) : JSON.stringify(body),
      headers: raw ? headers : { "content-type": "application/json", ...headers },
    });
  }

  async stop(): Promise<void> {
    const closed = this.servers.map(
      (server) =>
        new Promise((resolve) => {
          server.close(resolve);
          server.closeAllConnections();
        }),
    );
    await Promise.all(closed);
    await this.events?.stop();
    await this.repository.dispose();
  }
}
