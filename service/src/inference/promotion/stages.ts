import { editConfig, NO_CONFIG, type Serving } from "../../models/pointer/edit-config.js";
import { CANARY_LABEL, promoted, withoutCanary } from "../../models/pointer/moves.js";
import { digestOf } from "../../models/pointer/records.js";
import { DEFAULT_LABEL } from "../../models/versions.js";
import type { PromotionState } from "./state.js";

/** What decides on what serves in a stage. */
export type Stage = Pick<PromotionState, "kind" | "step" | "version" | "stable" | "plan">;

/** What serves in a stage, made of what did before. */
export function servingIn({ kind, step, version, stable, plan }: Stage, before: Serving): Serving {
  if (kind === "promote") {
    return promoted(before, version, [version]);
  }
  if (kind === "roll back") {
    const back = withoutCanary(before);
    return { ...back, labels: { ...back.labels, [DEFAULT_LABEL]: stable } };
  }
  const percent = plan.steps[step] ?? 100;
  const labels = { ...before.labels, [DEFAULT_LABEL]: stable, [CANARY_LABEL]: version };
  return percent >= 100
    ? { labels, traffic: { [CANARY_LABEL]: 100 } }
    : {
        labels,
        traffic: { [DEFAULT_LABEL]: Number((100 - percent).toFixed(6)), [CANARY_LABEL]: percent },
        ...(plan.shadowPercent > 0 && { shadow: { version, percent: plan.shadowPercent } }),
      };
}

/** Digests of config.json before and after a stage's change. */
export function digestsOf(
  stage: Stage,
  { text, serving }: { readonly text: string | undefined; readonly serving: Serving },
): Pick<PromotionState, "base" | "target"> {
  const edited = editConfig(text ?? NO_CONFIG, servingIn(stage, serving));
  return { base: digestOf(text ?? ""), target: digestOf(edited) };
}

/** In words, as the reason of an event. */
export function stageText({ kind, step, plan, version }: Stage): string {
  switch (kind) {
    case "promote":
      return `Version ${version} becomes stable.`;
    case "roll back":
      return `Version ${version} gets no more requests.`;
    case "try":
      return `Version ${version} gets ${plan.steps[step] ?? 100} percent of the requests.`;
  }
}
