import { openInlineSession } from "../session/inline-session.js";
import { openRestartingSession, type SessionObserver } from "../session/restarting-session.js";
import type { Session } from "../session/session.js";
import { openThreadedSession } from "../session/threaded-session.js";
import { warmUp, type WarmRun } from "./warm-up.js";

/**
 * Runs no longer than this stay on the event loop's thread, where they cost no hand-over (about 0.1 ms a run measured,
 * most of it on the event loop); longer ones would keep other requests waiting.
 */
export const INLINE_RUN_MILLISECONDS = 2;

/** Reading a larger file stops the event loop for longer than a request should wait. */
export const INLINE_FILE_BYTES = 32 * 1024 * 1024;

/** A large model is warmed up at its small sizes only. */
const WARM_UP_MILLISECONDS = 2000;

export interface SessionsWanted {
  readonly path: string;
  readonly bytes: number;
  readonly concurrentRuns: number;
  /** For a session on a thread of its own; on the event loop's thread it is always one. */
  readonly intraOpThreads: number;
  readonly observer: SessionObserver;
}

/** What is known of a graph once it can be asked, and the batch sizes to warm it up at (undefined: as declared). */
export interface WarmUpPlan {
  readonly sizes: readonly (number | undefined)[];
}

export interface OpenSessions<P extends WarmUpPlan> {
  readonly plan: P;
  /** One per run at a time, all alike. */
  readonly sessions: readonly [Session, ...Session[]];
  readonly threaded: boolean;
  readonly runs: readonly WarmRun[];
}

/**
 * Loads a graph where its runs do least harm: on this thread when they are short, else on threads of their own; warmed up
 * as `makePlan` says. Rejects with the reason when it cannot be loaded or run.
 */
export async function openSessions<P extends WarmUpPlan>(
  wanted: SessionsWanted,
  makePlan: (session: Session) => Promise<P>,
): Promise<OpenSessions<P>> {
  if (wanted.concurrentRuns === 1 && wanted.bytes <= INLINE_FILE_BYTES) {
    const inline = await openInline(wanted.path, makePlan);
    if (inline) {
      return inline;
    }
  }
  return openThreaded(wanted, makePlan);
}

/** Undefined when the graph's runs are too long for this thread. */
async function openInline<P extends WarmUpPlan>(
  path: string,
  makePlan: (session: Session) => Promise<P>,
): Promise<OpenSessions<P> | undefined> {
  const session = await openInlineSession(path);
  const limits = { budgetMilliseconds: WARM_UP_MILLISECONDS, runMilliseconds: INLINE_RUN_MILLISECONDS };
  try {
    if (areShort(await warmUp(session, [undefined], limits))) {
      const plan = await makePlan(session);
      const runs = await warmUp(session, plan.sizes, limits);
      if (areShort(runs)) {
        return { plan, sessions: [session], threaded: false, runs };
      }
    }
  } catch (error) {
    await session.release();
    throw error;
  }
  await session.release();
  return undefined;
}

async function openThreaded<P extends WarmUpPlan>(
  wanted: SessionsWanted,
  makePlan: (session: Session) => Promise<P>,
): Promise<OpenSessions<P>> {
  const open = (): Promise<Session> =>
    openRestartingSession(() => openThreadedSession(wanted.path, wanted), wanted.observer);
  const first = await open();
  const sessions: [Session, ...Session[]] = [first];
  const limits = { budgetMilliseconds: WARM_UP_MILLISECONDS, runMilliseconds: WARM_UP_MILLISECONDS };
  try {
    while (sessions.length < wanted.concurrentRuns) {
      sessions.push(await open());
    }
    const plan = await makePlan(first);
    const [runs = []] = await Promise.all(sessions.map((session) => warmUp(session, plan.sizes, limits)));
    return { plan, sessions, threaded: true, runs };
  } catch (error) {
    await Promise.all(sessions.map((session) => session.release()));
    throw error;
  }
}

function areShort(runs: readonly WarmRun[]): boolean {
  return runs.every((run) => run.milliseconds <= INLINE_RUN_MILLISECONDS);
}
