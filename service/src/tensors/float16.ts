/** IEEE 754 binary16, as 16-bit patterns; Node.js 20 has no Float16Array. */

const single = new Float32Array(1);
const bits = new Uint32Array(single.buffer);

/** Nearest binary16 of `value`, ties to even; beyond 65504 (rounded) it is infinite. */
export function toFloat16(value: number): number {
  single[0] = value;
  const word = bits[0] ?? 0;
  const sign = (word >>> 16) & 0x8000;
  const magnitude = word & 0x7fffffff;
  if (magnitude > 0x7f800000) {
    return sign | 0x7e00;
  }
  if (magnitude >= 0x477ff000) {
    return sign | 0x7c00;
  }
  if (magnitude < 0x38800000) {
    return sign | subnormal(Math.abs(single[0] ?? 0));
  }
  // Rebias the exponent from 127 to 15, then round the 13 bits that go away to even.
  const rebased = magnitude - 0x38000000;
  return sign | ((rebased + 0xfff + ((rebased >>> 13) & 1)) >>> 13);
}

/** Subnormals are multiples of 2^-24. */
function subnormal(value: number): number {
  const steps = value * 2 ** 24;
  const floor = Math.floor(steps);
  const rest = steps - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}

/** The number that a binary16 pattern stands for. */
export function fromFloat16(pattern: number): number {
  const sign = pattern & 0x8000 ? -1 : 1;
  const exponent = (pattern >>> 10) & 0x1f;
  const fraction = pattern & 0x3ff;
  if (exponent === 0) {
    return sign * fraction * 2 ** -24;
  }
  if (exponent === 31) {
    return fraction === 0 ? sign * Infinity : NaN;
  }
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
