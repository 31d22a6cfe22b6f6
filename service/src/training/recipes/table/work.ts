import type { Sequential } from "@tensorflow/tfjs-layers";
import { stat } from "node:fs/promises";
import { Readable } from "node:stream";
import { DataError } from "../../data-error.js";
import { drawConfusion, drawLearningCurve } from "../../plots.js";
import { LIBRARY, startBackend } from "../library.js";
import type { DataSource, Train, Trained, Work } from "../recipe.js";
import { tableExam } from "./exam.js";
import { exampleCsv } from "./examples.js";
import { createTableNetwork, fitTable, predictTable, type TableCheckpoint, type TableEpoch } from "./fit.js";
import { PROBABILITIES, tableGraph } from "./graph.js";
import { measure } from "./measure.js";
import { planTable, type Plan } from "./plan.js";
import { readCsv, readCsvFile, type Table } from "./read-csv.js";
import { tableParameters, type TableParameters } from "./recipe.js";

/** More classes than this make a picture that nobody can read. */
const MOST_SHOWN_CLASSES = 30;

/** The recipe's work: reads the table, decides what its columns are, trains, measures and exports. */
export const trainTable: Train = async (work) => {
  const parameters = tableParameters.parse(work.parameters);
  const table = await tableOf(work.data);
  const plan = planTable(table, parameters);
  console.log(
    `${table.rows} rows: ${plan.numbers.length} columns of numbers, ${plan.categories.length} of categories; ${plan.target.task} of ${plan.target.name}.`,
  );
  await startBackend();
  const network = createTableNetwork(plan, parameters);
  const epochs = await fitOn(
    network,
    plan,
    parameters,
    work,
    `${table.sha256} ${JSON.stringify(parameters)}`,
  );
  return described(network, plan, epochs, { parameters, table, source: work.data.name });
};

async function tableOf(data: DataSource): Promise<Table> {
  if (data.kind === "example") {
    return readCsv(Readable.from([exampleCsv(data.name)]), `the example ${data.name}`);
  }
  if (!(await stat(data.path)).isFile()) {
    throw new DataError(`${data.name} is a folder; the recipe table takes one CSV file.`);
  }
  return readCsvFile(data.path, data.name);
}

async function fitOn(
  network: Sequential,
  plan: Plan,
  parameters: TableParameters,
  { checkpoints, progress, epoch: tell }: Work,
  digest: string,
): Promise<readonly TableEpoch[]> {
  const { epochs } = parameters;
  const resume = await checkpoints.read<TableCheckpoint>(digest);
  resume?.epochs.forEach((figures, index) => tell(index + 1, epochs, { ...figures }));
  const listener = {
    onProgress: (epoch: number, share: number) => progress((epoch - 1 + share) / epochs, epoch, epochs),
    async onEpoch(epoch: number, figures: TableEpoch, checkpoint: TableCheckpoint) {
      await checkpoints.write(digest, checkpoint);
      tell(epoch, epochs, { ...figures });
    },
  };
  return fitTable(network, plan, parameters, listener, resume);
}

interface Facts {
  readonly parameters: TableParameters;
  readonly table: Table;
  readonly source: string;
}

async function described(
  network: Sequential,
  plan: Plan,
  epochs: readonly TableEpoch[],
  { parameters, table, source }: Facts,
): Promise<Trained> {
  const { metrics, summary, confusion } = measure(plan, predictTable(network, plan, plan.heldOut));
  const { target } = plan;
  const labels = target.task === "classification" ? target.labels : [];
  const weights = network
    .getWeights()
    .map((weight) => ({ shape: weight.shape, values: weight.dataSync<"float32">() }));
  const isShown = confusion !== undefined && labels.length <= MOST_SHOWN_CLASSES;
  const loss = target.task === "regression" ? "loss (squared deviations)" : "loss (cross-entropy)";
  return {
    onnx: tableGraph(plan, weights, { data: source, seed: String(parameters.seed) }),
    metrics: {
      ...metrics,
      task: target.task,
      target: target.name,
      epochs,
      settings: parameters,
      library: LIBRARY,
      source,
    },
    summary,
    pictures: {
      "learning-curve.png": await drawLearningCurve(epochs, loss),
      ...(isShown && { "confusion.png": await drawConfusion(confusion, labels) }),
    },
    config: configOf(plan),
    data: { source, sha256: table.sha256 },
    exam: tableExam(plan),
  };
}

function configOf({ target }: Plan): Trained["config"] {
  const description = `Predicts ${target.name} from the columns of a table.`;
  if (target.task === "regression") {
    return { description };
  }
  const { labels } = target;
  const top = Math.min(5, labels.length);
  return {
    description,
    postprocess: { kind: "classification", output: PROBABILITIES, labels, scores: "probabilities", top },
  };
}
