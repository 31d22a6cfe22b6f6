import { messageOf } from "../../server/errors.js";
import type { Logger } from "../../server/observe/logger.js";
import { RecordConflict, type Records } from "../../models/pointer/records.js";
import { Leader } from "./leader.js";
import { Replica, type Followed } from "./replica.js";
import { Seen } from "./seen.js";
import { readState, type PromotionState } from "./state.js";

export interface FollowerOptions {
  /** Of this replica; no other has it. */
  readonly id: string;
  readonly engine: Followed;
  readonly records: Records;
  readonly log: Logger;
  /** Between two looks. */
  readonly pollMilliseconds: number;
  /** Milliseconds on a clock that never goes back; it may differ from other machines'. */
  readonly clock: () => number;
  readonly date: () => Date;
}

/** Looks that a lease, or a replica's report, may stay the same until whoever writes it counts as gone. */
const LOOKS_UNTIL_GONE = 5;

/** Looks that all replicas get to say what they serve in a new stage. */
const LOOKS_TO_SETTLE = 2;

/**
 * This replica's part in automatic promotions: with each look it reports what it serves, and one of all replicas decides. That one
 * holds a lease, which it renews at each look; when it is seen not to be renewed, another takes it over.
 */
export class Follower {
  private readonly replicas = new Map<string, Replica>();
  private readonly seen: Seen;
  private readonly leader: Leader;
  private readonly faults = new Map<string, string>();

  constructor(private readonly options: FollowerOptions) {
    const { id, records, log, pollMilliseconds, clock, date } = options;
    this.seen = new Seen(clock);
    this.leader = new Leader({
      ...{ id, records, log, seen: this.seen, now: date },
      liveMilliseconds: LOOKS_UNTIL_GONE * pollMilliseconds,
      settleMilliseconds: LOOKS_TO_SETTLE * pollMilliseconds,
    });
  }

  /** One look at the promotion of every model. Never rejects: a store that is away is looked at again. */
  async look(): Promise<void> {
    const models = new Set(this.options.engine.index().map(({ name }) => name));
    for (const model of models) {
      try {
        await this.lookAt(model);
        this.faults.delete(model);
      } catch (error) {
        this.failed(model, error);
      }
    }
  }

  /** Takes its reports away, so that nobody waits for a replica that stops. */
  async leave(): Promise<void> {
    await Promise.allSettled([...this.replicas.values()].map((replica) => replica.leave()));
    this.replicas.clear();
  }

  private async lookAt(model: string): Promise<void> {
    const { state, revision } = await readState(this.options.records, model);
    if (state?.status !== "going on" || revision === undefined) {
      await this.replicas.get(model)?.leave();
      this.replicas.delete(model);
      return;
    }
    await this.replicaOf(model).report(state);
    if (this.mayLead(state)) {
      await this.leader.lead({ state, revision });
    }
  }

  private mayLead({ model, lease: { holder, beat } }: PromotionState): boolean {
    const { id, pollMilliseconds } = this.options;
    const unchangedFor = this.seen.look(`${model} lease`, `${holder} ${beat}`);
    return holder === null || holder === id || unchangedFor >= LOOKS_UNTIL_GONE * pollMilliseconds;
  }

  private replicaOf(model: string): Replica {
    const { id, engine, records, date } = this.options;
    const replica = this.replicas.get(model) ?? new Replica(id, model, engine, records, date);
    this.replicas.set(model, replica);
    return replica;
  }

  private failed(model: string, error: unknown): void {
    const reason = messageOf(error);
    // Another replica took the lease over, or somebody ended it.
    if (!(error instanceof RecordConflict) && this.faults.get(model) !== reason) {
      this.faults.set(model, reason);
      this.options.log.warn({ model, reason }, "promotion not followed");
    }
  }
}
