import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { openRecords } from "../../models/pointer/open-records.js";
import type { Records } from "../../models/pointer/records.js";
import type { Logger } from "../../server/observe/logger.js";
import { Watcher } from "../engine/repository/watcher.js";
import { Follower } from "./follower.js";
import type { Followed } from "./replica.js";
import { Steering } from "./steering.js";

/** A look that takes longer is given up, and the next begins. */
const LOOKS_A_LIMIT = 10;
const SHORTEST_LIMIT_MS = 10_000;

/** What a process needs of a model repository to change what serves and to follow promotions. */
export class Promotion {
  private records: Promise<Records> | undefined;

  /** `repository` is what MODEL_REPOSITORY says; it is opened when it is first needed. */
  constructor(
    private readonly repository: string,
    private readonly log: Logger,
  ) {}

  async steering(): Promise<Steering> {
    return new Steering({ records: await this.open(), log: this.log, now: () => new Date() });
  }

  /** Takes part in automatic promotions every `seconds`; `isFirst` tells which of several workers does so. Gives what ends it. */
  follow(engine: Followed, seconds: number, isFirst: () => Promise<boolean>): () => Promise<void> {
    const id = `${hostname()
      .replace(/[^\w.-]/g, "_")
      .slice(0, 63)}-${randomUUID().slice(0, 8)}`;
    let follower: Follower | undefined;
    const look = async (): Promise<void> => {
      follower ??= new Follower({
        ...{ id, engine, log: this.log, records: await this.open() },
        pollMilliseconds: 1000 * seconds,
        clock: () => performance.now(),
        date: () => new Date(),
      });
      if (await isFirst()) {
        await follower.look();
      }
    };
    // A worker that is just being replaced may never answer what it was asked.
    const limit = Math.max(SHORTEST_LIMIT_MS, LOOKS_A_LIMIT * 1000 * seconds);
    const watcher = new Watcher(seconds, () => within(limit, look()), this.log);
    watcher.start();
    return async () => {
      watcher.stop();
      await follower?.leave();
    };
  }

  private open(): Promise<Records> {
    this.records ??= openRecords(this.repository);
    return this.records;
  }
}

async function within(milliseconds: number, task: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    const tooLong = (): void => reject(new Error(`Promotions were not looked at in ${milliseconds} ms.`));
    timer = setTimeout(tooLong, milliseconds).unref();
  });
  try {
    await Promise.race([task, limit]);
  } finally {
    clearTimeout(timer);
  }
}
