/** Pixels that hang together over their eight neighbours. */
export interface Component {
  readonly area: number;
  readonly indices: readonly number[];
  readonly touchesBorder: boolean;
}

/** All components of pixels above `threshold`. */
export function components(
  pixels: Float32Array,
  width: number,
  height: number,
  threshold: number,
): Component[] {
  const seen = Uint8Array.from(pixels, (pixel) => (pixel > threshold ? 0 : 1));
  const found: Component[] = [];
  for (let start = 0; start < seen.length; start += 1) {
    if (seen[start] === 0) {
      found.push(flood(start, seen, width, height));
    }
  }
  return found;
}

function flood(start: number, seen: Uint8Array, width: number, height: number): Component {
  const indices = [start];
  seen[start] = 1;
  let touchesBorder = false;
  for (const index of indices) {
    const x = index % width;
    const y = Math.floor(index / width);
    touchesBorder ||= x === 0 || y === 0 || x === width - 1 || y === height - 1;
    for (let row = Math.max(0, y - 1); row <= Math.min(height - 1, y + 1); row += 1) {
      for (let column = Math.max(0, x - 1); column <= Math.min(width - 1, x + 1); column += 1) {
        const neighbour = row * width + column;
        if (seen[neighbour] === 0) {
          seen[neighbour] = 1;
          indices.push(neighbour);
        }
      }
    }
  }
  return { area: indices.length, indices, touchesBorder };
}
