import { it } from "vitest";

/** Declares the next step of a story. */
type Step = (name: string, run: () => Promise<void>) => void;

/** Steps that need what the one before left: those after one that failed are skipped, for they would only hide why. */
export function story(): Step {
  let failed: string | undefined;
  return (name, run) =>
    it(name, async ({ skip }) => {
      if (failed !== undefined) skip(`"${failed}" failed`);
      try {
        await run();
      } catch (error) {
        failed = name;
        throw error;
      }
    });
}
