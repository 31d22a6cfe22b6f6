import type { Tensor } from "../../../tensors/tensor.js";

/** What the copies of all models together may hold. */
export class CopyMemory {
  private bytes = 0;

  constructor(private readonly limitBytes = 32 * 2 ** 20) {}

  /** Whether there was room for so many. */
  take(bytes: number): boolean {
    if (this.bytes + bytes > this.limitBytes) {
      return false;
    }
    this.bytes += bytes;
    return true;
  }

  give(bytes: number): void {
    this.bytes -= bytes;
  }
}

/** What a string takes beside its characters. */
const TEXT_BYTES = 32;

/** Bytes of tensors, with what their arrays are parts of, which is held with them. */
export function heldBytes(tensors: Readonly<Record<string, Tensor>>): number {
  const buffers = new Set<ArrayBufferLike>();
  let bytes = 0;
  for (const { data } of Object.values(tensors)) {
    if (Array.isArray(data)) {
      bytes += data.reduce((sum, text) => sum + TEXT_BYTES + 2 * text.length, 0);
    } else if (!buffers.has(data.buffer)) {
      buffers.add(data.buffer);
      bytes += data.buffer.byteLength;
    }
  }
  return bytes;
}
