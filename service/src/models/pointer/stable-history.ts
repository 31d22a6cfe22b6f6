import type { SettledEvent } from "./events.js";

/**
 * The versions that were stable one after the other, the present one last, as steps that a rollback goes back. A promotion adds
 * one; a rollback takes away what came after its version, so that the next rollback goes further back, never forward again.
 */
export function stableHistory(events: readonly SettledEvent[], current: string | undefined): string[] {
  let history: string[] = [];
  const reach = (version: string): void => {
    if (history.at(-1) !== version) {
      history.push(version);
    }
  };
  for (const { action, from, to, outcome } of events) {
    if (outcome !== "made" || from.stable === to.stable || to.stable === null) {
      continue;
    }
    if (from.stable !== null) {
      reach(from.stable);
    }
    const before = action === "rollback" ? history.lastIndexOf(to.stable) : -1;
    history = before < 0 ? history : history.slice(0, before + 1);
    reach(to.stable);
  }
  if (current !== undefined) {
    reach(current);
  }
  return history;
}
