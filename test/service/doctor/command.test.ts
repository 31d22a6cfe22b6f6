import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { broken, endsTheProcess, sumOfRow } from "../../models/index.js";
import { RepositoryFixture } from "../inference/engine/repository-fixture.js";
import { start } from "../inference/program.js";

const MAIN = new URL("../../../service/src/main.ts", import.meta.url);

let repository: RepositoryFixture;

beforeEach(async () => {
  repository = await RepositoryFixture.create();
});
afterEach(() => repository.dispose());

/** What the command prints about a folder, and its exit code. */
async function doctor(folder: string): Promise<{ output: string; code: unknown }> {
  const program = start(MAIN, ["doctor", folder]);
  const code = await program.exitCode();
  return { output: program.output, code };
}

/** The models of the reports, in their order. */
function reported(output: string): string[] {
  return [...output.matchAll(/^Model '(.*)'$/gm)].map(([, name = ""]) => name);
}

describe("npm run doctor", () => {
  it("reports on every model of a repository, and ends with 1 when one has a problem", async () => {
    await repository.putModel("bad", "1", broken());
    await repository.putModel("empty", "1", sumOfRow());
    await repository.removeVersion("empty", "1");
    await repository.putModel("good", "1", sumOfRow());
    const { output, code } = await doctor(repository.root);
    expect(reported(output)).toEqual(["bad", "empty", "good"]);
    expect(output.match(/problem: /g)).toHaveLength(3);
    expect(code).toBe(1);
  });

  it("reports on folders that no model is served from, whatever they are called", async () => {
    await repository.putModel("good", "1", sumOfRow());
    await repository.putModel("\u001B[2Jмодель", "1", sumOfRow());
    await symlink("circle", join(repository.root, "circle"));
    const { output, code } = await doctor(repository.root);
    expect(reported(output)).toEqual(["circle", "good", "\\u{1b}[2Jмодель"]);
    expect(output.match(/problem: .*/g)).toEqual([
      "problem: The model's folder cannot be read: its symbolic links lead in a circle.",
      expect.stringMatching(/^problem: A model cannot be named /) as string,
    ]);
    expect(code).toBe(1);
  });

  it("ends with 0 when all of them can be served", async () => {
    await repository.putModel("one", "1", sumOfRow());
    await repository.putModel("two", "1", sumOfRow());
    const { output, code } = await doctor(repository.root);
    expect(reported(output)).toEqual(["one", "two"]);
    expect(code).toBe(0);
  });

  it("examines a model over which the runtime ends its process, and the others", async () => {
    await repository.putModel("deadly", "1", endsTheProcess());
    await repository.putModel("good", "1", sumOfRow());
    const { output, code } = await doctor(repository.root);
    expect(reported(output)).toEqual(["deadly", "good"]);
    expect(output).toContain(
      "would run in a process of its own: Conv (node 'output') is given pictures of any size",
    );
    expect(code).toBe(0);
  });

  it("reports on one model when it is given its folder", async () => {
    await repository.putModel("one", "1", sumOfRow());
    await repository.putModel("two", "1", sumOfRow());
    const { output, code } = await doctor(join(repository.root, "two"));
    expect(reported(output)).toEqual(["two"]);
    expect(code).toBe(0);
  });

  it("says of a folder without models that nothing can be served", async () => {
    const { output, code } = await doctor(repository.root);
    expect(output).toContain("No version folder holds a model.onnx.");
    expect(code).toBe(1);
  });

  it("says in one sentence that there is no such folder", async () => {
    const { output, code } = await doctor(join(repository.root, "nowhere"));
    expect(output).toMatch(/^error: .*nowhere.*\n$/);
    expect(code).toBe(1);
  });
});
