import { messageOf } from "../server/errors.js";
import type { Logger } from "../server/observe/logger.js";
import type { ResultsMetrics } from "./results-metrics.js";
import type { Settings } from "./settings.js";
import type { Store } from "./store/store.js";

const DAY_MS = 86_400_000;

/** Milliseconds between two rounds. */
const ROUND_MS = 600_000;

export interface RetentionOptions {
  readonly settings: Pick<Settings, "retentionDays" | "payloadDays">;
  readonly store: Pick<Store, "letGo">;
  readonly metrics: Pick<ResultsMetrics, "deleted">;
  readonly log: Logger;
  readonly now: () => number;
}

/** Deletes what is older than the settings let it become, again and again. */
export class RetentionJob {
  private timer: NodeJS.Timeout | undefined;
  private round: Promise<void> | undefined;

  constructor(private readonly options: RetentionOptions) {}

  start(): void {
    this.round = this.run();
    this.timer = setInterval(() => {
      this.round = this.run();
    }, ROUND_MS).unref();
  }

  /** Resolves when the round that runs is over. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.round;
  }

  /** One round. What fails is tried again in the next. */
  async run(): Promise<void> {
    const { settings, store, metrics, log, now } = this.options;
    const { retentionDays, payloadDays } = settings;
    try {
      const gone = await store.letGo({
        results: retentionDays === 0 ? undefined : now() - retentionDays * DAY_MS,
        payloads: now() - payloadDays * DAY_MS,
      });
      metrics.deleted("retention", gone.results);
      if (gone.results + gone.payloads > 0) {
        log.info(gone, "let go of what was older than the settings allow");
      }
    } catch (error) {
      log.error({ reason: messageOf(error) }, "what is too old could not be deleted; trying again");
    }
  }
}
