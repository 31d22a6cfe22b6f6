import {
  readPointer,
  recordEvent,
  type Pointer,
  type Surroundings,
} from "../../models/pointer/change-pointer.js";
import { digestOf } from "../../models/pointer/records.js";
import { decide, type Decision } from "./decide.js";
import { readReports, reportPath, type ReplicaReport } from "./replica-report.js";
import { move } from "./move.js";
import type { Seen } from "./seen.js";
import { digestsOf } from "./stages.js";
import { writeState, type PromotionState, type RecordedState } from "./state.js";

export interface LeaderOptions extends Surroundings {
  readonly id: string;
  /** How long a replica's report may stay the same until it counts as gone. */
  readonly liveMilliseconds: number;
  /** How long all replicas get to say something before what they say counts as all. */
  readonly settleMilliseconds: number;
  readonly seen: Seen;
}

/** Makes the decisions of a promotion, as the replica that holds its lease. Rejects with a RecordConflict when it lost it. */
export class Leader {
  constructor(private readonly options: LeaderOptions) {}

  async lead({ state, revision }: RecordedState): Promise<void> {
    const pointer = await readPointer(this.options.records, state.model);
    const digest = digestOf(pointer.text ?? "");
    if (digest !== state.target) {
      const isAsBefore = digest === state.base;
      return isAsBefore ? this.moveLate(state, revision) : this.endForOthers(state, revision, pointer);
    }
    await this.carryOut(await this.decision(state), state, revision, pointer);
  }

  private async decision(state: PromotionState): Promise<Decision> {
    const live = await this.liveReports(state);
    const { id, seen, settleMilliseconds } = this.options;
    // Whoever leads anew, or in a new stage, waits until all replicas have had time to speak.
    if (seen.look(`${state.model} settles`, `${id} ${state.id} ${state.stage}`) < settleMilliseconds) {
      return { to: "wait", says: "It waits for the replicas to tell what they serve." };
    }
    return decide(state, live);
  }

  private async liveReports({ model }: PromotionState): Promise<ReplicaReport[]> {
    const { records, seen, liveMilliseconds } = this.options;
    const live: ReplicaReport[] = [];
    for (const report of await readReports(records, model)) {
      const key = `${model} replica ${report.id}`;
      if (seen.look(key, `${report.promotion} ${report.beat}`) < liveMilliseconds) {
        live.push(report);
      } else {
        seen.forget(key);
        await records.remove(reportPath(model, report.id));
      }
    }
    return live;
  }

  private async carryOut(
    decision: Decision,
    state: PromotionState,
    revision: string,
    pointer: Pointer,
  ): Promise<void> {
    const { records } = this.options;
    switch (decision.to) {
      case "wait": {
        const { says, numbers } = decision;
        await writeState(records, this.renewed(state, { says, ...(numbers && { numbers }) }), revision);
        return;
      }
      case "end": {
        const { status, says } = decision;
        await writeState(records, this.renewed(state, { status, says }), revision);
        return this.record(
          pointer,
          state,
          `The automatic promotion of version ${state.version} is over. ${says}`,
        );
      }
      case "move": {
        const { stage, because, baseline, numbers } = decision;
        const next = this.renewed(state, {
          ...stage,
          ...digestsOf({ ...state, ...stage }, pointer),
          stage: state.stage + 1,
          says: because,
          because,
          numbers,
          baseline,
        });
        await writeState(records, next, revision);
        return move(this.options, next);
      }
    }
  }

  /** The change was decided on, and whoever was to make it was killed, or it is the first. */
  private async moveLate(state: PromotionState, revision: string): Promise<void> {
    const renewed = this.renewed(state, {});
    await writeState(this.options.records, renewed, revision);
    await move(this.options, renewed);
  }

  private async endForOthers(state: PromotionState, revision: string, pointer: Pointer): Promise<void> {
    const says = "It was ended, since somebody else changed config.json.";
    await writeState(this.options.records, this.renewed(state, { status: "ended", says }), revision);
    await this.record(pointer, state, `The automatic promotion of version ${state.version}: ${says}`);
  }

  private record(pointer: Pointer, { who, numbers }: PromotionState, why: string): Promise<void> {
    return recordEvent(this.options, pointer, {
      who: { name: who.name, by: "automatic promotion" },
      action: "auto",
      why,
      ...(numbers !== undefined && { numbers }),
    });
  }

  private renewed(state: PromotionState, change: Partial<PromotionState>): PromotionState {
    const { id: holder, now } = this.options;
    const lease = { holder, beat: state.lease.beat + 1, time: now().toISOString() };
    return { ...state, ...change, lease };
  }
}
