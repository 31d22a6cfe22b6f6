import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import * as prettier from "prettier";
import { compare } from "./comparison.js";
import { prepareInputs } from "./inputs.js";
import { describeMachine } from "./machine.js";
import { closedRound, halfLoad, memory, sweep, type Inputs, type Subject } from "./measure.js";
import { buildGenerator } from "./open-loop.js";
import { overloadReport } from "./overload-table.js";
import { measureOverload } from "./overload.js";
import { readOptions, USAGE, type Options } from "./options.js";
import { FILES } from "./files.js";
import { drawPlot } from "./plot.js";
import { installPeer } from "./python.js";
import { replaceBetweenMarkers, summaryTable } from "./readme.js";
import { emptyResult, type Results } from "./results.js";
import { isInstalled } from "./run.js";
import { report } from "./table.js";
import { pickVariants } from "./variants.js";

/** What automake and others take for "skipped". */
const EXIT_SKIPPED = 77;

function say(text: string): void {
  return console.error(text);
}

/** Runs one measurement; a server that fails it is reported with the reason and the others go on. */
async function attempt(subject: Subject, what: string, task: () => Promise<void>): Promise<void> {
  if (subject.result.missing !== undefined) {
    return;
  }
  say(`${subject.variant.name}: ${what}`);
  try {
    await task();
  } catch (error) {
    subject.result.missing = `${what}: ${error instanceof Error ? error.message : String(error)}`;
    say(`  ${subject.result.missing}`);
  }
}

async function install(subjects: readonly Subject[]): Promise<void> {
  for (const subject of subjects) {
    if (subject.variant.kind === "python") {
      await attempt(subject, "install", async () => {
        const fault = await installPeer(subject.variant.name);
        if (fault !== undefined) {
          throw new Error(fault);
        }
      });
    }
  }
}

async function measure(subjects: readonly Subject[], inputs: Inputs, options: Options): Promise<void> {
  const order = [...subjects];
  for (let round = 1; round <= options.rounds; round++) {
    for (const subject of order) {
      await attempt(subject, `closed loops, round ${round}`, () => closedRound(subject, inputs, options));
    }
    order.reverse();
  }
  const ours = subjects.find(({ variant }) => variant.kind === "ours");
  for (const subject of subjects) {
    await attempt(subject, "rate sweep", () => sweep(subject, inputs, options));
  }
  for (const peer of subjects.filter(({ variant }) => variant.kind === "node" || variant.kind === "python")) {
    if (ours !== undefined && ours.result.missing === undefined) {
      await attempt(peer, "half load", () => halfLoad(ours, peer, inputs, options));
    }
  }
  if (ours !== undefined) {
    await attempt(ours, "memory", () => memory(ours, inputs, options));
  }
}

function writeJson(path: string, results: object): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(results, null, 1)}\n`);
}

async function writeSection(path: string, section: string, text: string): Promise<void> {
  const page = replaceBetweenMarkers(readFileSync(path, "utf8"), text, section);
  const style = await prettier.resolveConfig(path);
  writeFileSync(path, await prettier.format(page, { ...style, filepath: path }));
}

async function writeServers(results: Results, text: string): Promise<void> {
  writeJson(FILES.results, results);
  mkdirSync(dirname(FILES.plot), { recursive: true });
  writeFileSync(FILES.plot, await drawPlot(results));
  await writeSection(FILES.performance, "bench", text);
  await writeSection(FILES.readme, "summary", summaryTable(results));
}

async function benchOverload({ seconds, write }: Options): Promise<void> {
  const servers = await measureOverload(seconds, say);
  const machine = describeMachine();
  const text = overloadReport(machine, seconds, servers);
  console.log(text);
  if (!write) {
    return;
  }
  writeJson(FILES.overload, { machine, seconds, servers });
  await writeSection(FILES.performance, "overload", text);
}

async function benchServers(options: Options): Promise<void> {
  const inputs = await prepareInputs();
  const subjects = pickVariants(options.only).map((variant) => ({ variant, result: emptyResult(variant) }));
  await install(subjects);
  await measure(subjects, inputs, options);
  const variants = subjects.map(({ result }) => result);
  const bytes = Object.fromEntries(Object.values(inputs).map((input) => [input.name, input.bytes]));
  const results: Results = {
    machine: describeMachine(),
    seconds: options.seconds,
    rounds: options.rounds,
    inputBytes: bytes as Results["inputBytes"],
    variants,
  };
  const text = report(results, compare(variants));
  console.log(text);
  if (options.write) {
    await writeServers(results, text);
  }
}

async function main(): Promise<void> {
  if (process.argv.includes("--help")) {
    console.log(USAGE);
    return;
  }
  const options = readOptions(process.argv.slice(2));
  for (const program of ["wrk", "go", "python3"]) {
    if (!(await isInstalled(program))) {
      say(`skipped: the bench needs ${program} on the PATH`);
      process.exitCode = EXIT_SKIPPED;
      return;
    }
  }
  await buildGenerator();
  if (options.section !== "overload") {
    await benchServers(options);
  }
  if (options.section !== "servers") {
    await benchOverload(options);
  }
}

try {
  await main();
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
