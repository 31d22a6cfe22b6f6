export type Point = readonly [x: number, y: number];
export type Stroke = readonly Point[];

/** Points on an ellipse, angles in turns clockwise from the right. */
function arc(cx: number, cy: number, rx: number, ry: number, from: number, to: number): Point[] {
  return Array.from({ length: 25 }, (_, i) => {
    const angle = 2 * Math.PI * (from + ((to - from) * i) / 24);
    return [cx + rx * Math.cos(angle), cy + ry * Math.sin(angle)];
  });
}

/** How a person draws each digit, in a square of side 1 with y downwards. */
export const DIGITS: Readonly<Record<string, readonly Stroke[]>> = {
  "0": [arc(0.5, 0.5, 0.28, 0.42, -0.25, 0.76)],
  "1": [
    [
      [0.52, 0.08],
      [0.5, 0.92],
    ],
  ],
  "2": [[...arc(0.5, 0.3, 0.27, 0.22, 0.5, 1.08), [0.55, 0.62], [0.22, 0.9], [0.82, 0.9]]],
  "3": [[...arc(0.48, 0.28, 0.26, 0.2, 0.55, 1.2), ...arc(0.48, 0.69, 0.29, 0.22, 0.8, 1.45)]],
  "4": [
    [
      [0.3, 0.08],
      [0.22, 0.52],
      [0.8, 0.52],
    ],
    [
      [0.68, 0.1],
      [0.64, 0.95],
    ],
  ],
  "5": [[[0.76, 0.1], [0.32, 0.1], [0.28, 0.45], ...arc(0.48, 0.64, 0.28, 0.25, 0.68, 1.4)]],
  "6": [[[0.62, 0.06], [0.36, 0.4], ...arc(0.5, 0.68, 0.22, 0.22, 0.5, 1.5)]],
  "7": [
    [
      [0.2, 0.12],
      [0.8, 0.12],
      [0.62, 0.5],
      [0.45, 0.94],
    ],
  ],
  "8": [[...arc(0.5, 0.28, 0.2, 0.19, 0.25, -0.75), ...arc(0.5, 0.69, 0.25, 0.23, 0.75, 1.75)]],
  "9": [[...arc(0.48, 0.3, 0.22, 0.21, 0, -1), [0.69, 0.55], [0.62, 0.95]]],
};
