import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { add } from "../models/index.js";
import { start } from "../service/inference/program.js";
import { ServiceFixture } from "../service/inference/service-fixture.js";
import { blocks, commandsOf, read, wordsOf } from "./blocks.js";
import { curlRequest } from "./curl.js";
import { planSchema } from "#service/inference/promotion/plan.js";

const MAIN = new URL("../../service/src/main.ts", import.meta.url);
const page = read("docs/promotion.md");
const commands = blocks(page, "sh").flatMap(commandsOf);

async function started(): Promise<ServiceFixture> {
  return ServiceFixture.start(async (repository) => {
    await repository.putModel("digits", "3", add());
    await repository.putModel("digits", "4", add());
    await repository.putConfig("digits", { labels: { stable: "3" } });
  });
}

describe("the page's commands", () => {
  let service: ServiceFixture;
  beforeAll(async () => {
    service = await started();
  });
  afterAll(() => service.stop());

  it.each(commands.filter((command) => command.startsWith("npm run ")))(
    "change what serves: %s",
    async (command) => {
      const [, , name = "", , ...words] = wordsOf(command);
      const program = start(MAIN, [name, ...words], { MODEL_REPOSITORY: service.repository.root });
      expect(await program.exitCode()).toBe(0);
      expect(program.output).toContain("digits");
    },
  );
});

describe("the page's requests", () => {
  let service: ServiceFixture;
  beforeAll(async () => {
    service = await started();
  });
  afterAll(() => service.stop());

  it.each(commands.filter((command) => command.startsWith("curl ")))("are answered: %s", async (command) => {
    const { path, init } = curlRequest(command);
    expect((await service.get(path, init)).status).toBe(200);
  });
});

it("gives the plan's defaults", () => {
  const { steps, minimumRequests, shadowPercent, bounds } = planSchema.parse({});
  const rows = [...page.matchAll(/^\| `([\w.]+)` +\| `?([\d., ]+?)`? +\|/gm)].map(([, name, value]) => [
    name,
    value,
  ]);
  expect(rows).toEqual([
    ["steps", steps.join(", ")],
    ["minimumRequests", String(minimumRequests)],
    ["shadowPercent", String(shadowPercent)],
    ...Object.entries(bounds).map(([name, value]) => [`bounds.${name}`, String(value)]),
  ]);
});
