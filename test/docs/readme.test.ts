import { existsSync } from "node:fs";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { parseSettings } from "#infra/settings/settings.js";
import { fullKey, PROJECT } from "#infra/settings/keys.js";
import { MODELS_FOLDER } from "#service/paths.js";
import { replaceBetweenMarkers, summaryTable } from "../../bench/readme.js";
import type { Results } from "../../bench/results.js";
import { sumOfRow } from "../models/index.js";
import { RepositoryFixture } from "../service/inference/engine/repository-fixture.js";
import { start } from "../service/inference/program.js";
import { ServiceFixture } from "../service/inference/service-fixture.js";
import { blocks, commandsOf, read, samplesOf, wordsOf } from "./blocks.js";
import { curlRequest } from "./curl.js";

const MAIN = new URL("../../service/src/main.ts", import.meta.url);

const readme = read("README.md");
const samples = blocks(readme, "console").flatMap(samplesOf);
const curls = samples.filter(({ command }) => command.startsWith("curl "));
const deployments = blocks(readme, "sh").filter((block) => block.includes("pulumi config set"));

/** The test that runs each command of the README, besides those that this file runs. */
const TESTED_BY: Readonly<Record<string, string>> = {
  "npm ci && npm start": "test/service/inference/serve.test.ts",
  "npm ci && npm test": "vitest.config.ts",
  "npm run up": "test/cluster/up-down.test.ts",
  "npm run down": "test/cluster/up-down.test.ts",
  "pulumi stack init mine": "test/cluster/existing.test.ts",
  "pulumi up": "test/cluster/existing.test.ts",
  "pulumi up --stack existing --yes": "test/cluster/existing.test.ts",
  // A real stack on AWS costs money: its program runs against mocks.
  "pulumi stack init prod": "test/infra/graph.test.ts",
  // The way from a stack to its cluster; what follows is a browser's.
  "npm run dashboards": "test/infra/commands/deployed/deployed-stack.test.ts",
  "npm run status": "test/infra/commands/deployed/scaling-status.test.ts",
};

const CHECK = "npm run doctor -- my-models";
const SERVE = "npm start -- --model-repository my-models";

/** The commands that this file runs. */
const RUN_HERE = [CHECK, SERVE];

describe("the README's commands", () => {
  const inShell = blocks(readme, "sh").flatMap(commandsOf);
  const others = [...inShell, ...samples.map(({ command }) => command)].filter(
    (command) => !/^(curl|pulumi config set) /.test(command),
  );

  it("are each run by a test", () => {
    expect(new Set(others)).toEqual(new Set([...Object.keys(TESTED_BY), ...RUN_HERE]));
    expect([...new Set(Object.values(TESTED_BY))].filter((path) => !existsSync(path))).toEqual([]);
  });

  it("begin with the two that set it up", () => {
    expect(inShell.slice(0, 2)).toEqual(["npm ci && npm start", "npm ci && npm test"]);
  });

  it.each(deployments)("set settings that the program takes: %s", (block) => {
    const settings = settingsOf(commandsOf(block));
    expect(() => parseSettings(settings)).not.toThrow();
  });
});

describe("the README's requests", () => {
  let service: ServiceFixture;

  beforeAll(async () => {
    service = await ServiceFixture.start((repository) =>
      cp(join(MODELS_FOLDER, "mnist"), join(repository.root, "mnist"), { recursive: true }),
    );
  });
  afterAll(() => service.stop());

  it.each(curls)("are answered as it says: $command", async ({ command, answer }) => {
    const { path, init } = curlRequest(command);
    const response = await service.get(path, init);
    expect(rounded(await response.text())).toBe(rounded(answer ?? ""));
  });

  it("are there", () => {
    expect(curls).toHaveLength(4);
  });
});

it("shows what `pulumi up` has printed", () => {
  const recorded = read("docs/up.txt");
  const [up] = samples.filter(({ command }) => command.startsWith("pulumi up"));
  const parts = [`$ ${up?.command}`, ...(up?.answer ?? "").split("…").map((part) => part.trim())];
  expect(parts.filter((part) => !recorded.includes(part))).toEqual([]);
});

it("compares as the last run of the bench measured", () => {
  const results = JSON.parse(read("bench/results/latest.json")) as Results;
  expect(cellsOf(readme)).toEqual(cellsOf(replaceBetweenMarkers(readme, summaryTable(results), "summary")));
});

describe("the README's commands for a repository of models", () => {
  let repository: RepositoryFixture;

  beforeAll(async () => {
    repository = await RepositoryFixture.create();
    await repository.putModel("price", "1", sumOfRow());
  });
  afterAll(() => repository.dispose());

  /** The arguments behind `--`, with the repository in the place of the README's. */
  function argumentsOf(command: string): string[] {
    const words = wordsOf(command).map((word) => (word === "my-models" ? repository.root : word));
    return words.slice(words.indexOf("--") + 1);
  }

  it("check it", async () => {
    const program = start(MAIN, ["doctor", ...argumentsOf(CHECK)]);
    expect(await program.exitCode()).toBe(0);
    expect(program.output).toContain("would be served in batches of up to 32 rows");
  });

  it("serve it", async () => {
    const program = start(MAIN, ["serve", ...argumentsOf(SERVE)], { PORT: "0" });
    await program.says(/"models":\["price\/1"\]/);
  });
});

/** Machines differ in the last digits of probabilities. */
function rounded(text: string): string {
  return text.replace(/0\.\d{5,}/g, (number) => Number(number).toFixed(4));
}

/** A page without the spaces with which its tables are aligned. */
function cellsOf(page: string): string {
  return page.replace(/ +\|/g, " |").replace(/\| +/g, "| ").replace(/-+:?/g, "-");
}

/** What `pulumi config set` makes of a stack's settings, from those that its file in the repository begins with. */
function settingsOf(commands: readonly string[]): Record<string, string> {
  const stack = commands.map((command) => /^pulumi stack init (\S+)/.exec(command)?.[1]).find(Boolean);
  const file = `Pulumi.${stack}.yaml`;
  const sections = existsSync(file) ? (parse(read(file)) as { config: Record<string, unknown> }).config : {};
  const config = Object.fromEntries(
    Object.entries(sections).map(([key, value]) => [key.slice(PROJECT.length + 1), value]),
  );
  for (const command of commands.filter((text) => text.startsWith("pulumi config set "))) {
    const [key = "", value = ""] = wordsOf(command)
      .slice(3)
      .filter((word) => word !== "--path");
    const [section = "", name, index] = key.split(/[.[\]]/);
    if (name === undefined) {
      config[section] = value;
    } else {
      const object = (config[section] ??= {}) as Record<string, unknown>;
      object[name] = index === undefined ? value : [value];
    }
  }
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => [
      fullKey(key),
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
  );
}
