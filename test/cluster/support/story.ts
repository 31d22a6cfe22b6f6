import { it } from "vitest";

interface Story {
  /** Declares the next step; skipped where one before it failed, for it would only hide why. */
  step: (name: string, run: () => Promise<void>) => void;
  /** For hooks of what hangs on the steps so far. Throws where one of them failed. */
  mustGoOn: () => void;
}

/** Steps each of which needs what the one before left. */
export function story(): Story {
  let failed: string | undefined;
  return {
    step: (name, run) =>
      it(name, async ({ skip }) => {
        if (failed !== undefined) {
          skip(`"${failed}" failed`);
        }
        try {
          await run();
        } catch (error) {
          failed = name;
          throw error;
        }
      }),
    mustGoOn() {
      if (failed !== undefined) {
        throw new Error(`"${failed}" failed`);
      }
    },
  };
}
