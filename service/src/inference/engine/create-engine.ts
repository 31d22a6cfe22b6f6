import type { Registry } from "prom-client";
import { ServiceError } from "../../server/errors.js";
import type {
  Engine,
  InferenceRequest,
  InferenceResult,
  ModelReference,
  ModelStatistics,
  ServedModel,
} from "./engine.js";
import type { Logger } from "../../server/observe/logger.js";
import { registerMetrics } from "./engine-metrics.js";
import { ModelManager } from "./repository/model-manager.js";
import { Watcher } from "./repository/watcher.js";
import type { VersionServer } from "./version-server.js";
import { detectThreads } from "./threads.js";

export interface EngineOptions {
  /** The model repository: a folder laid out `NAME/VERSION/model.onnx`, with an optional `NAME/config.json`. */
  readonly repository: string;
  /** The model of `/predict`; may be absent when there is one only. */
  readonly defaultModel?: string | undefined;
  /** `all` serves what the repository holds; `explicit` what `load` asks for. Default `all`. */
  readonly control?: "all" | "explicit" | undefined;
  /** Seconds between looks for new versions; 0 turns them off. Default 5. */
  readonly pollSeconds?: number | undefined;
  /** Threads per operator; by default from the control group's CPU quota, shared by `processes`. */
  readonly threads?: number | undefined;
  /** Engines that share the CPUs. Default 1. */
  readonly processes?: number | undefined;
  /** For models whose config.json does not say: see docs/models.md. */
  readonly maxBatchSize?: number | undefined;
  readonly maxBatchDelayMs?: number | undefined;
  readonly queueRows?: number | undefined;
  readonly queueSeconds?: number | undefined;
  /** How long a replaced version still answers requests that had chosen it. Default 10. */
  readonly retireSeconds?: number | undefined;
}

export const ENGINE_DEFAULTS = {
  control: "all",
  pollSeconds: 5,
  maxBatchSize: 32,
  maxBatchDelayMs: 0,
  queueRows: 8192,
  queueSeconds: 0.25,
  retireSeconds: 10,
} as const;

/** An engine over a model repository; its metrics go to `registry`. Nothing is loaded before `start`. */
export function createEngine(options: EngineOptions, registry: Registry, log: Logger): Engine {
  return new RepositoryEngine(options, registry, log);
}

class RepositoryEngine implements Engine {
  private readonly manager: ModelManager;
  private readonly watcher: Watcher;
  private readonly servers = new WeakMap<ServedModel, VersionServer>();
  private ready = false;
  private stopping: ServiceError | undefined;

  constructor(
    private readonly options: EngineOptions,
    registry: Registry,
    private readonly log: Logger,
  ) {
    const detected = detectThreads();
    const intraOpThreads =
      options.threads ?? Math.max(1, Math.floor(detected.threads / (options.processes ?? 1)));
    this.manager = new ModelManager(
      {
        root: options.repository,
        loadAll: (options.control ?? ENGINE_DEFAULTS.control) === "all",
        retireSeconds: options.retireSeconds ?? ENGINE_DEFAULTS.retireSeconds,
        serving: {
          maxBatchSize: options.maxBatchSize ?? ENGINE_DEFAULTS.maxBatchSize,
          maxBatchDelayMs: options.maxBatchDelayMs ?? ENGINE_DEFAULTS.maxBatchDelayMs,
          queueRows: options.queueRows ?? ENGINE_DEFAULTS.queueRows,
          queueSeconds: options.queueSeconds ?? ENGINE_DEFAULTS.queueSeconds,
          intraOpThreads,
        },
      },
      log,
    );
    this.watcher = new Watcher(
      options.pollSeconds ?? ENGINE_DEFAULTS.pollSeconds,
      () => this.refresh(false),
      log,
    );
    registerMetrics(registry, this.manager);
    log.info({ intraOpThreads, cpuQuota: detected.limit.quota, source: detected.limit.source }, "threads");
  }

  async start(): Promise<void> {
    await this.refresh(true);
    if (!this.ready) {
      this.log.error({ models: this.manager.missing() }, "required models do not serve");
    }
    this.watcher.start();
  }

  isReady(): boolean {
    return this.ready && !this.stopping;
  }

  resolve(reference: ModelReference): ServedModel {
    if (this.stopping) {
      throw this.stopping;
    }
    const server = this.manager.resolve(reference);
    this.servers.set(server.model, server);
    return server.model;
  }

  defaultModel(): ServedModel {
    const name = this.options.defaultModel ?? this.onlyModel();
    return this.resolve({ name });
  }

  infer(request: InferenceRequest): Promise<InferenceResult> {
    const server = this.servers.get(request.model);
    if (server) {
      return server.infer(request);
    }
    return Promise.reject(
      new ServiceError("model_not_found", `model '${request.model.name}' was not resolved`),
    );
  }

  index(): ReturnType<Engine["index"]> {
    return this.manager.index();
  }

  statistics({ name, version }: Partial<ModelReference>): ModelStatistics[] {
    if (name !== undefined && version !== undefined) {
      const { model, statistics } = this.manager.resolve({ name, version });
      return [statistics.figures(model.name, model.version)];
    }
    if (name !== undefined) {
      this.manager.resolve({ name });
    }
    return [...this.manager.servingVersions()]
      .map(({ server }) => server)
      .filter(({ model }) => name === undefined || model.name === name)
      .map(({ model, statistics }) => statistics.figures(model.name, model.version));
  }

  load(name: string): Promise<void> {
    return this.manager.load(name);
  }

  unload(name: string): Promise<void> {
    return this.manager.unload(name);
  }

  async stop(): Promise<void> {
    this.stopping = new ServiceError("shutting_down", "the server is shutting down");
    this.watcher.stop();
    await this.manager.stop(this.stopping);
  }

  /** Ready once every required model serves; from then on until `stop`, for what serves goes on serving. */
  private async refresh(trusted: boolean): Promise<void> {
    await this.manager.refresh(trusted);
    this.ready ||= this.manager.missing().length === 0;
  }

  private onlyModel(): string {
    const name = this.manager.onlyName();
    if (name !== undefined) {
      return name;
    }
    const names = this.manager.names();
    throw new ServiceError(
      "model_not_found",
      names.length === 0
        ? "the model repository is empty"
        : `several models serve (${names.join(", ")}): name one, or set the default model`,
    );
  }
}
