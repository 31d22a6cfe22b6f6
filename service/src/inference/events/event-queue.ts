import { Fifo } from "../engine/batching/fifo.js";
import type { Prediction } from "./prediction-event.js";

/** Predictions that wait to be told at most, and the bytes that they hold. */
const MOST_PREDICTIONS = 10_000;
const MOST_BYTES = 32 * 2 ** 20;

/** Bytes that are told together: as text they are some times as many, and a consumer takes 16 MiB or less in a body. */
const MOST_BYTES_TOGETHER = 2 ** 20;

/** Bytes that a prediction takes beside its tensors. */
const OVERHEAD = 512;

interface Waiting {
  readonly prediction: Prediction;
  readonly bytes: number;
}

/** Predictions that wait to be told: a bounded queue. What finds it full is left out. */
export class EventQueue {
  private readonly waiting = new Fifo<Waiting>();
  private bytes = 0;

  get length(): number {
    return this.waiting.length;
  }

  /** Whether there was room for it. */
  offer(prediction: Prediction): boolean {
    const bytes = OVERHEAD + bytesOf(prediction.inputs) + bytesOf(prediction.outputs);
    if (this.waiting.length >= MOST_PREDICTIONS || this.bytes + bytes > MOST_BYTES) {
      return false;
    }
    this.waiting.push({ prediction, bytes });
    this.bytes += bytes;
    return true;
  }

  /** The oldest of them, at most `most`, and no more than go into one body; one at least, if there is one. */
  take(most: number): Prediction[] {
    const taken: Prediction[] = [];
    let bytes = 0;
    while (taken.length < most) {
      const next = this.waiting.at(0);
      if (next === undefined || (taken.length > 0 && bytes + next.bytes > MOST_BYTES_TOGETHER)) {
        break;
      }
      this.waiting.shift();
      this.bytes -= next.bytes;
      bytes += next.bytes;
      taken.push(next.prediction);
    }
    return taken;
  }

  /** Gives up all of them; how many there were. */
  clear(): number {
    const { length } = this.waiting;
    this.waiting.remove(() => true);
    this.bytes = 0;
    return length;
  }
}

function bytesOf(tensors: Prediction["inputs"] = {}): number {
  let bytes = 0;
  for (const { data } of Object.values(tensors)) {
    bytes += "byteLength" in data ? data.byteLength : data.reduce((sum, text) => sum + 2 * text.length, 0);
  }
  return bytes;
}
