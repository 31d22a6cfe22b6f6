/**
 * The highest rate that passes, by bisection between 0 and `ceiling`: each probe halves the interval, so that `probes`
 * of them place the result within ceiling / 2^probes. Passing is taken to be monotonic in the rate. 0 when none passed.
 */
export async function highestRate(
  ceiling: number,
  probes: number,
  passes: (rate: number) => Promise<boolean>,
): Promise<number> {
  let low = 0;
  let high = ceiling;
  for (let probe = 0; probe < probes; probe++) {
    const rate = (low + high) / 2;
    if (await passes(rate)) {
      low = rate;
    } else {
      high = rate;
    }
  }
  return low;
}
