/** A job's own process: trains, measures, writes what it made, and says so to the service that started it. */

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { messageOf } from "../../server/errors.js";
import { DataError } from "../data-error.js";
import { examine } from "../publish/examine.js";
import { recipeNamed } from "../recipes/index.js";
import type { Trained, Work } from "../recipes/recipe.js";
import { checkpointsAt } from "./checkpoints.js";
import type { Assignment, Message } from "./messages.js";

/** How often the service is told of progress, and the process looks up from its work. */
const LOOK_UP_MS = 250;

// Whoever started it is gone: nobody would know what becomes of it.
process.once("disconnect", () => process.exit(1));
process.once("message", (assignment: Assignment) => void work(assignment));

async function work(assignment: Assignment): Promise<void> {
  try {
    await say(await trained(assignment));
  } catch (error) {
    if (!(error instanceof DataError)) {
      console.error(error);
    }
    await say({ type: "failed", reason: reasonOf(error) });
  }
  process.exit(0);
}

function reasonOf(error: unknown): string {
  return error instanceof DataError ? error.message : `The training failed: ${messageOf(error)}.`;
}

async function trained(assignment: Assignment): Promise<Message> {
  const { recipe, artifacts, serving } = assignment;
  const train = await recipeNamed(recipe).load();
  const made = await train(workOf(assignment));
  await write(artifacts, made);
  const gate = await examine(made.exam, join(artifacts, "model.onnx"), serving);
  console.log(gate.reason);
  const { summary: metrics, data, config } = made;
  return { type: "trained", gate, metrics, data, config };
}

function workOf({ parameters, data, checkpoint }: Assignment): Work {
  let lookedUp = 0;
  return {
    parameters,
    data,
    checkpoints: checkpointsAt(checkpoint),
    async progress(fraction, epoch, epochs) {
      const now = performance.now();
      if (now - lookedUp >= LOOK_UP_MS) {
        lookedUp = now;
        void say({ type: "progress", fraction, epoch, epochs });
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
    epoch(epoch, epochs, figures) {
      const told = Object.entries(figures).map(([name, value]) => `${name} ${value?.toFixed(4) ?? "none"}`);
      console.log(`epoch ${epoch}/${epochs}: ${told.join(", ")}`);
      void say({ type: "epoch", epoch, epochs, figures });
    },
  };
}

async function write(folder: string, { onnx, metrics, pictures }: Trained): Promise<void> {
  await mkdir(folder, { recursive: true });
  const files = { "model.onnx": onnx, "metrics.json": `${JSON.stringify(metrics, null, 2)}\n`, ...pictures };
  await Promise.all(Object.entries(files).map(([name, content]) => writeFile(join(folder, name), content)));
}

function say(message: Message): Promise<void> {
  return new Promise((resolve) => process.send?.(message, undefined, undefined, () => resolve()));
}
