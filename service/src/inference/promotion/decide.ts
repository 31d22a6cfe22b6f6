import { judge, type Numbers } from "./judge.js";
import { sumOf, type Figures } from "./figures.js";
import { disagreement, refusal, type ReplicaReport } from "./replica-report.js";
import { stageText, type Stage } from "./stages.js";
import type { PromotionState } from "./state.js";

/** What comes next: it waits, it changes what serves, or it is over. */
export type Decision =
  | { readonly to: "wait"; readonly says: string; readonly numbers?: Numbers }
  | {
      readonly to: "move";
      readonly stage: Pick<Stage, "kind" | "step">;
      readonly because: string;
      readonly numbers: Numbers;
      readonly baseline: Figures;
    }
  | { readonly to: "end"; readonly status: "finished" | "rolled back"; readonly says: string };

/** Replicas that a sentence names at most. */
const MOST_NAMED = 5;

/** What follows from what the live replicas say. */
export function decide(state: PromotionState, live: readonly ReplicaReport[]): Decision {
  const refused = live.map((report) => refusal(report, state)).find((why) => why !== undefined);
  if (state.kind === "try" && refused !== undefined) {
    return backFrom(state, live, refused);
  }
  const away = live.flatMap((report) => {
    const why = disagreement(report, state);
    return why === undefined ? [] : [`${report.id} ${why}`];
  });
  if (away.length > 0) {
    const named = away.slice(0, MOST_NAMED).join(", ");
    const says = `It waits for ${away.length} of ${live.length} replicas: ${named}${away.length > MOST_NAMED ? ", …" : ""}.`;
    return { to: "wait", says };
  }
  const replicas = live.length === 1 ? "The one replica serves" : `All ${live.length} replicas serve`;
  switch (state.kind) {
    case "promote":
      return { to: "end", status: "finished", says: `${replicas} version ${state.version} as stable.` };
    case "roll back":
      return {
        to: "end",
        status: "rolled back",
        says: `${state.because} ${replicas} version ${state.stable}.`,
      };
    case "try":
      return afterTry(state, live);
  }
}

/** A version that a replica refuses never serves there: nothing is to be waited for. */
function backFrom(state: PromotionState, live: readonly ReplicaReport[], why: string): Decision {
  const baseline = sumOf(ofVersion(live, state.stable));
  const { numbers } = judge(sumOf(ofVersion(live, state.version)), baseline, state.plan);
  const stage = { kind: "roll back", step: state.step } as const;
  return { to: "move", stage, because: `${stageText({ ...state, ...stage })} ${why}`, numbers, baseline };
}

function ofVersion(live: readonly ReplicaReport[], version: string): Figures[] {
  return live.flatMap(({ figures }) => figures[version] ?? []);
}

function afterTry(state: PromotionState, live: readonly ReplicaReport[]): Decision {
  const { version, stable, plan, step } = state;
  const of = (name: string): Figures => sumOf(ofVersion(live, name));
  const hasAll = (plan.steps[step] ?? 100) >= 100;
  const baseline = hasAll ? (state.baseline ?? of(stable)) : of(stable);
  const { verdict, why, numbers } = judge(of(version), baseline, plan);
  if (verdict === "hold") {
    return { to: "wait", says: why, numbers };
  }
  const isLast = step + 1 >= plan.steps.length;
  const next = isLast ? ("promote" as const) : ("try" as const);
  const stage = verdict === "roll back" ? { kind: verdict, step } : { kind: next, step: step + 1 };
  return { to: "move", stage, because: `${stageText({ ...state, ...stage })} ${why}`, numbers, baseline };
}
