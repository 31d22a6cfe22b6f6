import { describe, expect, it, vi } from "vitest";
import { start, type Program } from "../program.js";

function supervisor(workers: number, environment: Readonly<Record<string, string>> = {}): Program {
  return start(new URL("./supervisor.ts", import.meta.url), [String(workers)], environment);
}

async function serving(
  workers: number,
  environment: Readonly<Record<string, string>> = {},
): Promise<Program> {
  const program = supervisor(workers, environment);
  await program.says(/^serving /m);
  return program;
}

function begun({ output }: Program): string[] {
  return [...output.matchAll(/^worker (\d+) begins$/gm)].map(([, id = ""]) => id);
}

/** Process ids of the workers that have started, in that order. */
function pids({ output }: Program): number[] {
  return [...output.matchAll(/"pid":(\d+),"msg":"worker started/gi)].map(([, pid]) => Number(pid));
}

function restarts({ output }: Program): number[] {
  return [...output.matchAll(/"restartSeconds":(\d+)/g)].map(([, seconds]) => Number(seconds));
}

describe("workers that start", () => {
  it("are all told once all have, and what they serve is said once", async () => {
    const program = await serving(3);
    for (const id of [1, 2, 3]) {
      await program.says(new RegExp(`^worker ${id} is told all-started$`, "m"));
    }
    expect(pids(program)).toHaveLength(3);
    expect(program.output.match(/^serving m\/1 on \d+$/gm)).toHaveLength(1);
  });

  it("come after the first, whose exit code is the program's where it cannot", async () => {
    const program = supervisor(3, { UNABLE: "1" });
    expect(await program.exitCode()).toBe(3);
    expect(begun(program)).toEqual(["1"]);
    expect(program.output).not.toMatch(/^serving/m);
  });

  it("are stopped where a later one cannot", async () => {
    const program = supervisor(2, { UNABLE: "2" });
    expect(await program.exitCode()).toBe(3);
    expect(program.output).toContain("worker 1 is told stop");
    expect(program.output).not.toMatch(/^serving/m);
  });
});

describe("a worker that dies", () => {
  it("is replaced, and the new one is told that all have started; nothing is said anew", async () => {
    const program = await serving(2);
    process.kill(pids(program)[0] ?? NaN, "SIGKILL");
    const [line] = await program.says(/^.*a worker died.*$/im);
    expect(JSON.parse(line)).toMatchObject({
      worker: pids(program)[0],
      signal: "SIGKILL",
      restartSeconds: 1,
    });
    await program.says(/^worker 3 is told all-started$/m);
    expect(begun(program)).toEqual(["1", "2", "3"]);
    expect(program.output.match(/^serving/gm)).toHaveLength(1);
    // Now that all serve again, the next is not held to account for the last.
    process.kill(pids(program)[2] ?? NaN, "SIGKILL");
    await program.says(/(?:a worker died[^]*){2}/i);
    expect(restarts(program)).toEqual([1, 1]);
    program.signal("SIGTERM");
    expect(await program.exitCode()).toBe(0);
  });

  it("waits longer the more have died", async () => {
    const program = await serving(2);
    pids(program).forEach((pid) => process.kill(pid, "SIGKILL"));
    await program.says(/(?:a worker died[^]*){2}/i);
    expect(restarts(program)).toEqual([1, 2]);
  });

  it("does not hold up the end while it waits to be replaced", async () => {
    const program = await serving(1);
    process.kill(pids(program)[0] ?? NaN, "SIGKILL");
    await program.says(/a worker died/i);
    program.signal("SIGTERM");
    expect(await program.exitCode()).toBe(0);
    expect(begun(program)).toEqual(["1"]);
  });
});

describe.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)("at %s", (signal) => {
  it("every worker is told to stop, and the program ends with 0 once they have", async () => {
    const program = await serving(2);
    program.signal(signal);
    expect(await program.exitCode()).toBe(0);
    expect(program.output.match(/^worker \d is told stop$/gm)?.sort()).toEqual([
      "worker 1 is told stop",
      "worker 2 is told stop",
    ]);
    expect(program.output).not.toMatch(/a worker died/i);
  });
});

describe("the end", () => {
  it("has the worst exit code of the workers", async () => {
    const program = await serving(2, { CLUMSY: "1" });
    program.signal("SIGTERM");
    expect(await program.exitCode()).toBe(4);
  });

  it("tells a worker again that was told before it could listen", async () => {
    const program = await serving(2, { LATE: "3" });
    process.kill(pids(program)[0] ?? 0, "SIGKILL");
    await program.says(/worker 3 begins/);
    program.signal("SIGTERM");
    expect(await program.exitCode()).toBe(0);
    expect(program.output).toMatch(/worker 3 is told stop/);
  });

  it("is forced by a second signal", async () => {
    const program = await serving(2, { STUBBORN: "1,2" });
    program.signal("SIGTERM");
    await program.says(/(?:is told stop[^]*){2}/);
    program.signal("SIGTERM");
    expect(await program.exitCode()).toBe(1);
    expect(program.output.match(/stopping the workers/gi)).toHaveLength(1);
    expect(program.output).not.toContain("EPIPE");
    for (const pid of pids(program)) {
      await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow("ESRCH"), { timeout: 20_000 });
    }
  });
});
