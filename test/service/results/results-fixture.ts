import type { Server } from "node:http";
import pino from "pino";
import { Registry } from "prom-client";
import { createResultsService } from "#service/results/create-service.js";
import { ResultsMetrics } from "#service/results/results-metrics.js";
import { readSettings } from "#service/results/settings.js";
import { Store } from "#service/results/store/store.js";
import { readKeys } from "#service/server/access/keys.js";
import { Lifecycle } from "#service/server/life/lifecycle.js";
import { listenAll, type Ports } from "#service/server/life/listen.js";
import { SILENT, temporaryFile } from "./store/store-fixture.js";

/** The results service on a free port, over an SQLite file of its own. */
export class ResultsFixture {
  readonly lifecycle = new Lifecycle();
  readonly registry = new Registry();
  readonly clock = { now: Date.parse("2026-02-01T00:00:00Z") };
  private readonly files = temporaryFile();
  private servers: readonly Server[] = [];
  private ports: Ports = { port: 0, adminPort: undefined };
  store!: Store;

  static async start(environment: Readonly<Record<string, string>> = {}): Promise<ResultsFixture> {
    const fixture = new ResultsFixture();
    const { lifecycle, registry } = fixture;
    const settings = readSettings({ PORT: "0", RESULTS_DATABASE: fixture.files.file, ...environment });
    const now = () => fixture.clock.now;
    const metrics = new ResultsMetrics(registry, () => fixture.store.waiting);
    fixture.store = new Store({
      address: settings.database,
      log: SILENT,
      now,
      onCommit: (ms) => metrics.committed(ms),
    });
    const servers = createResultsService({
      settings,
      store: fixture.store,
      metrics,
      now,
      registry,
      lifecycle,
      log: pino({ level: "silent" }),
      logOutput: { dropped: 0 },
      keys: readKeys(settings),
    });
    fixture.servers = servers.administration ? [servers.server, servers.administration] : [servers.server];
    fixture.ports = await listenAll(servers, settings);
    await fixture.store.open();
    return fixture;
  }

  url(path: string): string {
    return `http://127.0.0.1:${this.ports.port}${path}`;
  }

  get(path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(this.url(path), init);
  }

  /** On the administrators' port, where there is one. */
  administer(path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(`http://127.0.0.1:${this.ports.adminPort ?? this.ports.port}${path}`, init);
  }

  post(path: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    return this.get(path, {
      method: "POST",
      body: typeof body === "string" ? body : JSON.stringify(body),
      headers: { "content-type": "application/json", ...headers },
    });
  }

  /** Posts results, all of which must be taken. */
  async put(...results: readonly object[]): Promise<void> {
    const response = await this.post("/v1/results", { results });
    if (response.status !== 200) {
      throw new Error(await response.text());
    }
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
    await this.store.close();
    this.files.remove();
  }
}

/** What a list gives. */
export interface Page {
  readonly results: readonly Readonly<Record<string, unknown>>[];
  readonly next: string | null;
}

/** What an error is. */
export interface Fault {
  readonly error: string;
  readonly code: string;
  readonly path?: string;
}
