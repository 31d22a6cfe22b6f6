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
  // Beyond the picture's edges all is 0: a row above, and a pixel on the left of each row.
  const line = channels + stride;
  const lines = new Uint8Array((height + 1) * line);
  for (let y = 0; y < height; y += 1) {
    const from = y * (stride + 1);
    const start = (y + 1) * line + channels;
    lines.set(raw.subarray(from + 1, from + 1 + stride), start);
    if (!undo(raw[from] ?? 0, lines, { start, end: start + stride, left: channels, above: line })) {
      return undefined;
    }
  }
  const pixels = new Uint8Array(height * stride);
  for (let y = 0; y < height; y += 1) {
    const start = (y + 1) * line + channels;
    pixels.set(lines.subarray(start, start + stride), y * stride);
  }
  return pixels;
}

interface Row {
  readonly start: number;
  readonly end: number;
  /** How far back the byte on the left is, and the one above. */
  readonly left: number;
  readonly above: number;
}

/** Adds to every byte of a row what its filter foretells from the bytes on the left and above. */
function undo(filter: number, bytes: Uint8Array, { start, end, left, above }: Row): boolean {
  // No `?? 0`: every index is in range, and the checks cost as much as the sums.
  switch (filter) {
    case 0:
      return true;
    case 1:
      for (let at = start; at < end; at += 1) {
        bytes[at] = (bytes[at] as number) + (bytes[at - left] as number);
      }
      return true;
    case 2:
      for (let at = start; at < end; at += 1) {
        bytes[at] = (bytes[at] as number) + (bytes[at - above] as number);
      }
      return true;
    case 3:
      for (let at = start; at < end; at += 1) {
        const mean = ((bytes[at - left] as number) + (bytes[at - above] as number)) >> 1;
        bytes[at] = (bytes[at] as number) + mean;
      }
      return true;
    case 4:
      for (let at = start; at < end; at += 1) {
        const corner = bytes[at - above - left] as number;
        const near = paeth(bytes[at - left] as number, bytes[at - above] as number, corner);
        bytes[at] = (bytes[at] as number) + near;
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
