import { changePointer, type Pointer, type Surroundings } from "../../models/pointer/change-pointer.js";
import type { Serving } from "../../models/pointer/edit-config.js";
import { withoutCanary } from "../../models/pointer/moves.js";
import { digestOf } from "../../models/pointer/records.js";
import { servingIn } from "./stages.js";
import { readState, type PromotionState } from "./state.js";

/** Somebody else wrote config.json since it was looked at. */
class Overtaken extends Error {
  override readonly name = "Overtaken";
}

/** Makes the change of what serves that a stage is, unless config.json is no longer the one that it was decided on. */
export async function move(surroundings: Surroundings, state: PromotionState): Promise<void> {
  const { model, because, numbers, base, target, who } = state;
  const change = { who: { name: who.name, by: "automatic promotion" }, action: "auto" } as const;
  try {
    await changePointer(surroundings, model, {
      ...change,
      why: because,
      ...(numbers !== undefined && { numbers }),
      decide: (pointer) => servingIn(state, only(pointer, base)),
    });
    const { state: now } = await readState(surroundings.records, model);
    if (now?.id === state.id && now.status === "ended") {
      // It was ended after it was last looked at.
      const decide = (pointer: Pointer): Serving => withoutCanary(only(pointer, target));
      await changePointer(surroundings, model, { ...change, why: "The promotion had been ended.", decide });
    }
  } catch (error) {
    if (!(error instanceof Overtaken)) {
      throw error;
    }
  }
}

/** What serves, as long as config.json is the one of that digest. */
function only({ text, serving }: Pointer, digest: string): Serving {
  if (digestOf(text ?? "") !== digest) {
    throw new Overtaken("config.json was changed.");
  }
  return serving;
}
