import seedrandom from "seedrandom";

/** Numbers in [0, 1), the same ones for the same seed on every machine. */
export type Random = () => number;

/** Where in its numbers a generator is. */
export type RandomState = seedrandom.State;

/** A generator that can be gone on with later. */
export type StatefulRandom = Random & { state(): RandomState };

export function randomFrom(seed: number | string): StatefulRandom {
  return seedrandom.alea(String(seed), { state: true });
}

/** A generator that goes on where another was. */
export function resumedRandom(state: RandomState): StatefulRandom {
  return seedrandom.alea("", { state });
}

/** A number in [low, high). */
export function between(random: Random, low: number, high: number): number {
  return low + (high - low) * random();
}

/** 0 to `count` - 1 in an order drawn from `random` (Fisher-Yates). */
export function shuffled(count: number, random: Random): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, index) => index);
  for (let last = count - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    const value = order[last] ?? 0;
    order[last] = order[other] ?? 0;
    order[other] = value;
  }
  return order;
}
