import { randomUUID } from "node:crypto";
import { ServiceError } from "../../server/errors.js";
import {
  eventsOf,
  readPointer,
  recordEvent,
  unchanged,
  type Changed,
  type Pointer,
  type Request,
  type Surroundings,
} from "../../models/pointer/change-pointer.js";
import type { SettledEvent } from "../../models/pointer/events.js";
import { hasCanary, type TrafficChange } from "../../models/pointer/moves.js";
import { promote, rollback, setTraffic } from "../../models/pointer/operations.js";
import { RecordConflict, type Records } from "../../models/pointer/records.js";
import type { Plan } from "./plan.js";
import { disagreement, readReports, type ReplicaReport } from "./replica-report.js";
import { digestsOf, stageText } from "./stages.js";
import { readState, writeState, type PromotionState } from "./state.js";

/** An automatic promotion, and what each replica says that it serves; `waits` says what is missing of it, if anything. */
export interface PromotionStatus {
  readonly promotion: PromotionState | null;
  readonly replicas: readonly (ReplicaReport & { readonly waits?: string })[];
}

/** What a person asks for, over HTTP or on the command line. Whatever it is, it ends an automatic promotion that is going on. */
export class Steering {
  constructor(private readonly surroundings: Surroundings) {}

  async promote(model: string, version: string, request: Request): Promise<Changed> {
    const changed = await promote(this.surroundings, model, version, request);
    await this.endPromotion(model, "a promotion", request);
    return changed;
  }

  async setTraffic(model: string, change: TrafficChange, request: Request): Promise<Changed> {
    const changed = await setTraffic(this.surroundings, model, change, request);
    await this.endPromotion(model, "other traffic", request);
    return changed;
  }

  /** See `rollback`. Where a promotion that was to try a version had not begun to, that it is over is all. */
  async rollback(model: string, to: string | undefined, request: Request): Promise<Changed> {
    const ended = await this.endPromotion(model, "a rollback", request);
    const pointer = await readPointer(this.surroundings.records, model);
    if (to === undefined && ended?.stable === pointer.stable && !hasCanary(pointer.serving)) {
      return unchanged(pointer);
    }
    return rollback(this.surroundings, model, to, request);
  }

  events(model: string, most?: number): Promise<SettledEvent[]> {
    return eventsOf(this.surroundings.records, model, most);
  }

  /** Begins an automatic promotion; the replicas that follow the store carry it out. */
  async begin(model: string, version: string, plan: Plan, request: Request): Promise<PromotionState> {
    const { records } = this.surroundings;
    const pointer = await readPointer(records, model);
    const { state: running, revision } = await readState(records, model);
    if (running?.status === "going on") {
      throw new ServiceError(
        "conflict",
        `An automatic promotion of version ${running.version} of model '${model}' is going on: roll it back first.`,
      );
    }
    const state = this.newState(pointer, version, plan, request);
    await writeState(records, state, revision).catch((error: unknown) => {
      throw error instanceof RecordConflict
        ? new ServiceError("conflict", `Somebody else has just begun a promotion of model '${model}'.`)
        : error;
    });
    await recordEvent(this.surroundings, pointer, {
      ...request,
      action: "auto",
      numbers: { plan },
      why: `An automatic promotion of version ${version} begins. ${request.why}`.trim(),
    });
    return state;
  }

  async status(model: string): Promise<PromotionStatus> {
    const { records } = this.surroundings;
    await readPointer(records, model);
    const { state } = await readState(records, model);
    const reports = state === undefined ? [] : await readReports(records, model);
    const replicas = reports.map((report) => {
      const waits = state && disagreement(report, state);
      return { ...report, ...(waits !== undefined && { waits }) };
    });
    return { promotion: state ?? null, replicas };
  }

  private newState(pointer: Pointer, version: string, plan: Plan, { who, why }: Request): PromotionState {
    const { model, versions, stable, serving } = pointer;
    checkBeginning(pointer, version);
    const stage = { version, stable: stable ?? "", plan, kind: "try" as const, step: 0 };
    const time = this.surroundings.now().toISOString();
    return {
      ...{ id: randomUUID(), model, who, why, began: time, status: "going on", stage: 1 },
      ...stage,
      ...digestsOf(stage, { text: pointer.text, serving }),
      says: versions.length > 0 ? "It waits for a replica that takes it up." : "",
      because: stageText(stage),
      lease: { holder: null, beat: 0, time },
    };
  }

  /** The promotion that was going on, if one was. */
  private async endPromotion(
    model: string,
    by: string,
    request: Request,
  ): Promise<PromotionState | undefined> {
    const { records, now } = this.surroundings;
    for (;;) {
      const { state, revision } = await readState(records, model);
      if (state?.status !== "going on") {
        return undefined;
      }
      const says = `${request.who.name} asked for ${by}.`;
      const lease = { holder: null, beat: state.lease.beat + 1, time: now().toISOString() };
      const isWritten = await written(records, { ...state, status: "ended", says, lease }, revision);
      if (isWritten) {
        await recordEvent(this.surroundings, await readPointer(records, model), {
          ...request,
          action: "auto",
          why: `The automatic promotion of version ${state.version} is ended: ${says}`,
          ...(state.numbers !== undefined && { numbers: state.numbers }),
        });
        return state;
      }
    }
  }
}

async function written(
  records: Records,
  state: PromotionState,
  revision: string | undefined,
): Promise<boolean> {
  try {
    await writeState(records, state, revision);
    return true;
  } catch (error) {
    if (error instanceof RecordConflict) {
      return false;
    }
    throw error;
  }
}

function checkBeginning({ serving, versions, stable, model }: Pointer, version: string): void {
  if (!versions.includes(version)) {
    throw new ServiceError(
      "unprocessable",
      `Model '${model}' has no version '${version}'; its versions are ${versions.join(", ")}.`,
    );
  }
  if (version === stable) {
    throw new ServiceError(
      "unprocessable",
      `Version ${version} of model '${model}' is stable already. Where no version is labelled stable it is the newest: label the one to compare with first.`,
    );
  }
  const tried = serving.labels?.["canary"];
  if (hasCanary(serving) && tried !== version) {
    throw new ServiceError(
      "unprocessable",
      `Another version of model '${model}' is being tried on a part of the traffic, or as a shadow: roll it back first.`,
    );
  }
}
