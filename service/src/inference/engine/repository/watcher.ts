import { messageOf } from "../../../server/errors.js";
import type { Logger } from "../../../server/observe/logger.js";

/** Calls `look` every `seconds`, never twice at once; 0 seconds: never. A failed look is logged and tried again. */
export class Watcher {
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(
    private readonly seconds: number,
    private readonly look: () => Promise<void>,
    private readonly log: Logger,
  ) {}

  start(): void {
    if (this.seconds === 0 || this.stopped) {
      return;
    }
    this.timer = setTimeout(() => void this.tick(), this.seconds * 1000).unref();
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  private async tick(): Promise<void> {
    try {
      await this.look();
    } catch (error) {
      this.log.warn({ reason: messageOf(error) }, "model repository not read");
    }
    this.start();
  }
}
