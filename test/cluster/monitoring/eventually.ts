import { setTimeout as wait } from "node:timers/promises";

/** Asks every other second until there is an answer. Throws the last fault, or says what never came, after `seconds`. */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | undefined>,
  seconds = 300,
): Promise<T> {
  const end = performance.now() + seconds * 1000;
  let fault: unknown;
  while (performance.now() < end) {
    try {
      const answer = await ask();
      if (answer !== undefined) {
        return answer;
      }
      fault = undefined;
    } catch (error) {
      fault = error;
    }
    await wait(2000);
  }
  throw new Error(`Not within ${seconds} s: ${what}.`, { cause: fault });
}
