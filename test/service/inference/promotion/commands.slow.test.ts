import { afterEach, describe, expect, it } from "vitest";
import { eventsOf } from "#service/models/pointer/change-pointer.js";
import { PointerFixture } from "../../models/pointer/pointer-fixture.js";
import { start } from "../program.js";

const MAIN = new URL("../../../../service/src/main.ts", import.meta.url);

let fixture: PointerFixture;
afterEach(() => fixture.dispose());

async function run(...args: readonly string[]): Promise<{ readonly code: unknown; readonly output: string }> {
  const program = start(MAIN, args, { MODEL_REPOSITORY: fixture.root, HOME: fixture.root });
  return { code: await program.exitCode(), output: program.output };
}

describe("the commands that change what serves", () => {
  it("change it in the model repository, say what they did, and leave events", async () => {
    fixture = await PointerFixture.create(["1", "2", "3"], { labels: { stable: "1" } });
    const set = await run("traffic", "m", "canary=3:5", "--shadow", "3:10", "--why", "a try");
    expect(set.output).toContain(
      "Model 'm' served version 1 as stable and now serves version 1 as stable, 95 % to stable and 5 % to canary, copies of 10 % to 3.",
    );
    expect(set.output).toContain('"audit":true');
    expect((await run("promote", "m", "2")).code).toBe(0);
    expect((await run("rollback", "m")).code).toBe(0);
    expect((await run("rollback", "m")).code).toBe(0);
    expect(await fixture.config()).toMatchObject({ labels: { stable: "1" }, traffic: { stable: 100 } });
    const events = await eventsOf(fixture.records, "m");
    expect(events.map(({ action }) => action)).toEqual(["traffic", "promote", "rollback", "rollback"]);
    expect(events[0]).toMatchObject({ why: "a try", who: { by: "command line" } });
  });

  it("begin a promotion that replicas carry out", async () => {
    fixture = await PointerFixture.create(["1", "2"], { labels: { stable: "1" } });
    const { code, output } = await run(
      "promote",
      "m",
      "2",
      "--auto",
      "--steps",
      "10,100",
      "--bound-p99",
      "2",
    );
    expect(output).toContain("The promotion of version 2 of model 'm' has begun");
    expect(code).toBe(0);
    const { text = "" } = (await fixture.records.read("m/.promotion.json")) ?? {};
    expect(JSON.parse(text)).toMatchObject({
      plan: { steps: [10, 100], minimumRequests: 200, bounds: { errors: 0.005, p99: 2, flips: 0.05 } },
    });
  });

  it("say in a sentence what is wrong, and exit with 1", async () => {
    fixture = await PointerFixture.create(["1"], { labels: { stable: "1" } });
    const wrong = [
      [["promote", "m", "9"], "The model has no version or label '9'; its versions are 1."],
      [["traffic", "m", "canary"], "The setting 'canary' must be LABEL=VERSION"],
      [["rollback", "no"], "There is no model 'no' in the model repository"],
      [["promote", "m", "1", "--auto", "--steps", "5,1"], "steps: must ascend."],
    ] as const;
    const results = await Promise.all(wrong.map(([args]) => run(...args)));
    for (const [index, [, message]] of wrong.entries()) {
      expect(results[index]?.output).toContain(message);
      expect(results[index]?.code).toBe(1);
    }
  });

  it("lose no change of several processes at once", async () => {
    fixture = await PointerFixture.create(["1"], { labels: { stable: "1" } });
    const names = ["a", "b", "c", "d"];
    const results = await Promise.all(names.map((name) => run("traffic", "m", `${name}=1`)));
    expect(results.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
    expect(await fixture.config()).toMatchObject({ labels: { stable: "1", a: "1", b: "1", c: "1", d: "1" } });
    expect(await eventsOf(fixture.records, "m")).toHaveLength(4);
  });
});
