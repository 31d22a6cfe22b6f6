/** Weight of the newest run. */
const NEWEST_WEIGHT = 0.2;

/**
 * A run counts as at most so many times the mean: a process that was not scheduled for a tenth of a second must not look
 * like a model that has become a thousand times slower, while one that has is followed within some twenty runs.
 */
const LARGEST_GROWTH = 2;

/** Milliseconds below which growth is not limited: a mean of zero could never grow. */
const SMALLEST_MEAN = 0.01;

/**
 * How long runs take by their number of rows, kept as an exponentially weighted mean per power of two. Milliseconds.
 * Seeded by the warm-up, corrected by every run.
 */
export class ComputeEstimate {
  /** Index b: runs of 2^(b-1)+1 to 2^b rows; NaN where none was seen. */
  private readonly means: number[] = [];

  constructor(private readonly maxRows: number) {
    for (let bucket = 0; bucket <= bucketOf(maxRows); bucket += 1) {
      this.means.push(NaN);
    }
  }

  observe(rows: number, milliseconds: number): void {
    const bucket = Math.min(bucketOf(rows), this.means.length - 1);
    const mean = this.means[bucket] ?? NaN;
    const counted = Math.min(milliseconds, LARGEST_GROWTH * Math.max(mean, SMALLEST_MEAN));
    this.means[bucket] = Number.isNaN(mean) ? milliseconds : mean + NEWEST_WEIGHT * (counted - mean);
  }

  /** Time that `rows` rows take, run in batches as large as allowed; 0 while nothing is known. */
  milliseconds(rows: number): number {
    const full = Math.floor(rows / this.maxRows);
    const rest = rows % this.maxRows;
    return (full > 0 ? full * this.run(this.maxRows) : 0) + (rest > 0 ? this.run(rest) : 0);
  }

  /** One run: its bucket's mean, else that of the next larger bucket, else the next smaller one's, grown by the rows. */
  private run(rows: number): number {
    const bucket = bucketOf(rows);
    for (let up = bucket; up < this.means.length; up += 1) {
      const mean = this.means[up];
      if (mean !== undefined && !Number.isNaN(mean)) {
        return mean;
      }
    }
    for (let down = bucket - 1; down >= 0; down -= 1) {
      const mean = this.means[down];
      if (mean !== undefined && !Number.isNaN(mean)) {
        return mean * 2 ** (bucket - down);
      }
    }
    return 0;
  }
}

function bucketOf(rows: number): number {
  return Math.ceil(Math.log2(Math.max(1, rows)));
}
