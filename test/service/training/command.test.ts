import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

import { trainCommand } from "#service/training/command.js";

/** The command with its standard error kept; instead of exiting it throws. */
function quietCommand() {
  const errors: string[] = [];
  const command = trainCommand()
    .exitOverride()
    .configureOutput({ writeErr: (text) => errors.push(text) });
  return { command, errors };
}

describe("train", () => {
  it.each([
    [["--epochs", "0"], "--epochs"],
    [["--batch-size", "many"], "--batch-size"],
    [["--learning-rate", "1e3"], "--learning-rate"],
    [["--seed", "-1"], "--seed"],
  ])("refuses %s and names the flag", async (flags, name) => {
    const { command, errors } = quietCommand();
    await expect(command.parseAsync(flags, { from: "user" })).rejects.toThrow();
    expect(errors.join("")).toContain(name);
  });

  it("tells a fault of the data in one line", async () => {
    const { command, errors } = quietCommand();
    const folder = join(tmpdir(), "no-such-folder");
    await expect(command.parseAsync(["--data", folder], { from: "user" })).rejects.toThrow();
    expect(errors).toEqual([`error: ${folder} is not a folder that can be read.\n`]);
  });
});
