export interface Rows {
  readonly width: number;
  readonly height: number;
  /** Bytes of a pixel. */
  readonly channels: number;
}

/**
 * Pixels from a PNG's rows, each of which says in its first byte how it differs from its neighbours
 * (https://www.w3.org/TR/png-3/#9Filters). Undefined for a filter that there is not.
 */
export function unfilter(raw: Uint8Array, { width, height, channels }: Rows): Uint8Array | undefined {
  const stride = width * channels;
  const pixels = new Uint8Array(height * stride);
  let above = new Uint8Array(stride);
  for (let y = 0; y < height; y += 1) {
    const start = y * (stride + 1) + 1;
    const row = pixels.subarray(y * stride, (y + 1) * stride);
    row.set(raw.subarray(start, start + stride));
    if (!undo(raw[start - 1] ?? 0, row, above, channels)) {
      return undefined;
    }
    above = row;
  }
  return pixels;
}

/** Adds to every byte of `row` what its filter foretells from the bytes on the left and above. */
function undo(filter: number, row: Uint8Array, above: Uint8Array, channels: number): boolean {
  switch (filter) {
    case 0:
      return true;
    case 1:
      for (let at = channels; at < row.length; at += 1) {
        row[at] = (row[at] as number) + (row[at - channels] as number);
      }
      return true;
    case 2:
      for (let at = 0; at < row.length; at += 1) {
        row[at] = (row[at] as number) + (above[at] as number);
      }
      return true;
    case 3:
      for (let at = 0; at < row.length; at += 1) {
        row[at] = (row[at] as number) + (((row[at - channels] ?? 0) + (above[at] as number)) >> 1);
      }
      return true;
    case 4:
      for (let at = 0; at < row.length; at += 1) {
        row[at] =
          (row[at] as number) +
          paeth(row[at - channels] ?? 0, above[at] as number, above[at - channels] ?? 0);
      }
      return true;
    default:
      return false;
  }
}

/** Whichever of its neighbours is nearest to the plane through them. */
function paeth(left: number, above: number, corner: number): number {
  const toLeft = Math.abs(above - corner);
  const toAbove = Math.abs(left - corner);
  const toCorner = Math.abs(left + above - 2 * corner);
  if (toLeft <= toAbove && toLeft <= toCorner) {
    return left;
  }
  return toAbove <= toCorner ? above : corner;
}
