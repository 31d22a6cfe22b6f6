/** A stretch of a file that is fetched on its own. */
export interface Segment {
  readonly begin: number;
  /** Of the byte behind it. */
  end: number;
  /** How many of its bytes are on disk, from its begin on. */
  done: number;
}

/** A segment with less to come is not split. */
const WORTH_SPLITTING_BYTES = 2 ** 25;

function lengthOf({ begin, end }: Segment): number {
  return end - begin;
}

/** How many bytes are still to come. */
export function remainderOf(segment: Segment): number {
  return lengthOf(segment) - segment.done;
}

/** Takes the second half of what is longest still to come off into a segment of its own; undefined if all are short. */
export function split(segments: Segment[]): Segment | undefined {
  const [longest] = [...segments].sort((left, right) => remainderOf(right) - remainderOf(left));
  if (longest === undefined || remainderOf(longest) < WORTH_SPLITTING_BYTES) {
    return undefined;
  }
  const { end } = longest;
  longest.end -= Math.floor(remainderOf(longest) / 2);
  const half = { begin: longest.end, end, done: 0 };
  segments.push(half);
  return half;
}

/** How many bytes are on disk without a gap, from the file's first on. */
export function withoutGap(segments: readonly Segment[]): number {
  let bytes = 0;
  for (const segment of [...segments].sort((left, right) => left.begin - right.begin)) {
    bytes = segment.begin + segment.done;
    if (remainderOf(segment) > 0) {
      break;
    }
  }
  return bytes;
}

/** How many bytes are on disk. */
export function doneOf(segments: readonly Segment[]): number {
  return segments.reduce((sum, { done }) => sum + done, 0);
}
