import type { Logger } from "../observe/logger.js";

export interface LeavingOptions {
  readonly log: Logger;
  /** Seconds from the signal until the process ends, whatever is left. */
  readonly graceSeconds: number;
  /** Ends what the process does; it exits with 0 when that resolves, with 1 when it rejects. */
  readonly leave: () => Promise<void>;
  /** False: what a terminal sends to every process of a group, SIGINT and SIGHUP, is left to another one. */
  readonly fromTerminal?: boolean;
  /** Ends the process. */
  readonly exit?: (code: number) => void;
}

/** Runs `leave` on the first signal and exits; a second signal exits at once. Gives what does the same as a signal. */
export function leaveOnSignal(options: LeavingOptions): (signal: NodeJS.Signals) => void {
  const { log, graceSeconds, leave, fromTerminal = true, exit = (code) => process.exit(code) } = options;
  let leaving = false;
  const handle = (signal: NodeJS.Signals): void => {
    if (leaving) {
      exit(1);
      return;
    }
    leaving = true;
    log.info({ signal }, "shutting down");
    setTimeout(() => {
      log.error({}, "SHUTDOWN_GRACE_SECONDS are over; requests that are left are cut off");
      exit(1);
    }, graceSeconds * 1000).unref();
    leave().then(
      () => {
        log.info({}, "stopped");
        exit(0);
      },
      (err: unknown) => {
        log.error({ err }, "failed to stop");
        exit(1);
      },
    );
  };
  const terminal = fromTerminal ? handle : () => undefined;
  process.on("SIGTERM", handle).on("SIGINT", terminal).on("SIGHUP", terminal);
  return handle;
}
