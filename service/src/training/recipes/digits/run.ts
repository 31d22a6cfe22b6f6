import { join, relative } from "node:path";

import { MODELS_FOLDER } from "../../../paths.js";
import type { TrainOptions } from "./options.js";
import { drawConfusion, drawLearningCurve } from "../../plots.js";
import { showProgress } from "./progress.js";
import type { Provenance } from "../../../models/manifest.js";
import { publishVersion } from "../../../models/publish.js";
import { renderReport } from "./report.js";
import { SERVICE } from "../../../server/version.js";
import { loadDigits, train, type TrainedModel } from "./train.js";

/** The digits' model that ships. */
const SHIPPED_MODEL = join(MODELS_FOLDER, "mnist");

/** Trains, reports on standard output, writes the version. Throws DataError. */
export async function runTraining({
  data: folder,
  output = SHIPPED_MODEL,
  ...settings
}: TrainOptions): Promise<void> {
  const data = loadDigits(folder);
  console.log(`Digits: ${data.source}; ${data.split}.`);
  const trained = await train(data, settings, showProgress(process.stdout, settings.epochs));
  console.log(renderReport(trained.metrics));
  const version = await publishVersion(output, await filesOf(trained), provenanceOf(trained));
  console.log(`\nWrote ${relative(process.cwd(), join(output, version))}`);
}

function provenanceOf({ metrics: { accuracy, loss, data, settings, library } }: TrainedModel): Provenance {
  return {
    lineage: {
      data: { ...data },
      parameters: { ...settings },
      code: `${SERVICE.name} ${SERVICE.version}`,
      library,
    },
    metrics: { accuracy, loss },
  };
}

/** What a version's folder holds. */
async function filesOf({ onnx, metrics }: TrainedModel): Promise<Record<string, Uint8Array | string>> {
  return {
    "model.onnx": onnx,
    "metrics.json": `${JSON.stringify(metrics, null, 2)}\n`,
    "learning-curve.png": await drawLearningCurve(metrics.epochs),
    "confusion.png": await drawConfusion(metrics.confusion),
  };
}
