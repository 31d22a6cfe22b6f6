import type { Registry } from "prom-client";
import { ServiceError } from "../../server/errors.js";
import type {
  Engine,
  ModelReference,
  ModelStatistics,
  Routing,
  ServedModel,
  VersionTraffic,
} from "./engine.js";
import type { Logger } from "../../server/observe/logger.js";
import { registerMetrics } from "./engine-metrics.js";
import { ModelManager } from "./repository/model-manager.js";
import { Readiness } from "./repository/readiness.js";
import { Watcher } from "./repository/watcher.js";
import { chooseProvider, type ProviderChoice } from "./session/execution-provider.js";
import type { ServedVersion } from "./served-version.js";
import { detectThreads } from "./threads.js";
import { openRepository } from "../../models/store/open-repository.js";

export interface EngineOptions {
  /** The model repository: a folder or bucket laid out `NAME/VERSION/model.onnx`, with an optional `NAME/config.json`. */
  readonly repository: string;
  /** The folder for what is fetched from a bucket. */
  readonly cache: string;
  /** The model of `/predict`; may be absent when there is one only. */
  readonly defaultModel?: string | undefined;
  /** `all` serves what the repository holds; `explicit` what `load` asks for. */
  readonly control: "all" | "explicit";
  /** Seconds between looks for new versions; 0 turns them off. */
  readonly pollSeconds: number;
  /** Threads per operator; by default from the control group's CPU quota, shared by `processes`. */
  readonly threads?: number | undefined;
  /** Engines that share the CPUs. */
  readonly processes: number;
  /** For models whose config.json does not say: see docs/models.md. */
  readonly maxBatchSize: number;
  readonly maxBatchDelayMs: number;
  readonly queueRows: number;
  readonly queueSeconds: number;
  readonly provider: ProviderChoice;
  /** A run that takes longer is ended: nobody waits for its answer any more. */
  readonly runLimitSeconds: number;
  /** A run that needs more memory is refused, as far as it can be told. */
  readonly runLimitBytes: number;
  /** How long a replaced version still answers requests that had chosen it. */
  readonly retireSeconds: number;
}

/** An engine over a model repository; its metrics go to `registry`. Nothing is loaded before `start`. */
export function createEngine(options: EngineOptions, registry: Registry, log: Logger): Engine {
  return new RepositoryEngine(options, registry, log);
}

class RepositoryEngine implements Engine {
  private readonly manager: ModelManager;
  private readonly watcher: Watcher;
  private readonly readiness: Readiness;
  private stopping: ServiceError | undefined;

  constructor(
    private readonly options: EngineOptions,
    registry: Registry,
    private readonly log: Logger,
  ) {
    const detected = detectThreads();
    const intraOpThreads = options.threads ?? Math.max(1, Math.floor(detected.threads / options.processes));
    this.manager = new ModelManager(
      {
        repository: openRepository(options.repository, options.cache),
        loadAll: options.control === "all",
        retireSeconds: options.retireSeconds,
        serving: {
          maxBatchSize: options.maxBatchSize,
          maxBatchDelayMs: options.maxBatchDelayMs,
          queueRows: options.queueRows,
          queueSeconds: options.queueSeconds,
          runLimitSeconds: options.runLimitSeconds,
          runLimitBytes: options.runLimitBytes,
          intraOpThreads,
          provider: chooseProvider(options.provider),
        },
      },
      log,
    );
    this.readiness = new Readiness(
      () => [...this.manager.allModels()],
      options.defaultModel,
      () => this.manager.whyOutdated(),
    );
    this.watcher = new Watcher(options.pollSeconds, () => this.manager.refresh(false), log);
    registerMetrics(registry, this.manager);
    log.info({ intraOpThreads, cpuQuota: detected.limit.quota, source: detected.limit.source }, "threads");
  }

  async start(): Promise<void> {
    await this.manager.refresh(true);
    this.watcher.start();
    await this.manager.fetched();
    if (this.stopping) {
      return;
    }
    this.readiness.start();
    const reason = this.readiness.whyNot();
    if (reason !== undefined) {
      this.log.error({ reason }, "the server is not ready");
    }
  }

  whyNotReady(): string | undefined {
    return this.stopping?.message ?? this.readiness.whyNot();
  }

  resolve(reference: ModelReference): ServedModel {
    if (this.stopping) {
      throw this.stopping;
    }
    return this.manager.resolve(reference);
  }

  defaultModel(routing?: Routing): ServedModel {
    const name = this.options.defaultModel ?? this.onlyModel();
    return this.resolve({ name, routing });
  }

  traffic(name: string): VersionTraffic[] {
    return this.manager.traffic(name);
  }

  index(): ReturnType<Engine["index"]> {
    return this.manager.index();
  }

  statistics({ name, version }: Partial<ModelReference>): ModelStatistics[] {
    if (name !== undefined && version !== undefined) {
      return [figuresOf(this.manager.named(name, version))];
    }
    if (name !== undefined) {
      this.manager.named(name);
    }
    return [...this.manager.servingVersions()]
      .filter((served) => name === undefined || served.name === name)
      .map(figuresOf);
  }

  follows(name: string): string | undefined {
    return this.manager.follows(name);
  }

  load(name: string): Promise<void> {
    return this.manager.load(name);
  }

  unload(name: string): Promise<void> {
    return this.manager.unload(name);
  }

  async stop(): Promise<void> {
    this.stopping = new ServiceError("shutting_down", "The server is shutting down.");
    this.watcher.stop();
    await this.manager.stop(this.stopping);
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
        ? "The model repository is empty."
        : `Several models serve (${names.join(", ")}): name one, or set the default model.`,
    );
  }
}

function figuresOf({ name, version, statistics }: ServedVersion): ModelStatistics {
  return statistics.figures(name, version);
}
