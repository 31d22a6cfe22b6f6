import { describe, expect, it } from "vitest";

import { deliver, type Deployable } from "#infra/commands/delivery/deliver.js";

/** A stack that runs `image`; updates to what `broken` lists fail, predictions of what `wrong` lists too. */
class FakeStack implements Deployable {
  readonly did: string[] = [];

  constructor(
    private image: string | undefined,
    private readonly faults: { broken?: string[]; wrong?: string[]; unreadable?: true } = {},
  ) {}

  running(): Promise<string | undefined> {
    return this.faults.unreadable === true
      ? Promise.reject(new Error("no such bucket"))
      : Promise.resolve(this.image);
  }

  update(image: string): Promise<void> {
    this.did.push(`update ${image}`);
    // What failed half-way may be what the stack says that it runs.
    this.image = image;
    return this.faults.broken?.includes(image) === true
      ? Promise.reject(new Error("The command pulumi up failed."))
      : Promise.resolve();
  }

  predict(): Promise<void> {
    const { image = "" } = this;
    this.did.push(`predict ${image}`);
    return this.faults.wrong?.includes(image) === true
      ? Promise.reject(new Error(`It took a 7 for a 1.`))
      : Promise.resolve();
  }
}

describe("deliver", () => {
  it("puts an image into service and asks for a prediction", async () => {
    const stack = new FakeStack("old");
    expect(await deliver("new", stack)).toBe("new is in service and predicts.");
    expect(stack.did).toEqual(["update new", "predict new"]);
  });

  it("returns to the image before when the prediction is wrong, and fails", async () => {
    const stack = new FakeStack("old", { wrong: ["new"] });
    await expect(deliver("new", stack)).rejects.toThrow(
      /^new was not put into service\. It took a 7 for a 1\.\nThe stack runs old again\.$/,
    );
    expect(stack.did).toEqual(["update new", "predict new", "update old", "predict old"]);
  });

  it("returns to the image before when the update fails, and asks only that one", async () => {
    const stack = new FakeStack("old", { broken: ["new"] });
    await expect(deliver("new", stack)).rejects.toThrow(/pulumi up failed\.\nThe stack runs old again\.$/);
    expect(stack.did).toEqual(["update new", "update old", "predict old"]);
  });

  it("calls for a person when the return fails too", async () => {
    const stack = new FakeStack("old", { wrong: ["new", "old"] });
    await expect(deliver("new", stack)).rejects.toThrow(
      /The return to old failed too\. It took a 7 for a 1\.\nThe stack needs a person now\.$/,
    );
  });

  it.each([
    ["ran none", undefined],
    ["ran the same", "new"],
  ])("has nothing to return to where the stack %s", async (_, before) => {
    const stack = new FakeStack(before, { wrong: ["new"] });
    await expect(deliver("new", stack)).rejects.toThrow(/there is none to return to\.$/);
    expect(stack.did).toEqual(["update new", "predict new"]);
  });

  it("touches nothing where what runs cannot be read: it could not return to it", async () => {
    const stack = new FakeStack("old", { unreadable: true });
    await expect(deliver("new", stack)).rejects.toThrow("no such bucket");
    expect(stack.did).toEqual([]);
  });
});
