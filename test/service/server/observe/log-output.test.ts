import { closeSync, openSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { afterEach, describe, expect, it, vi } from "vitest";
import { Registry } from "prom-client";
import { createLog, describeLog } from "#service/server/observe/log.js";
import { LogOutput } from "#service/server/observe/log-output.js";
import { withUnwritable } from "../../unwritable.js";

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0)) {
    await clean();
  }
});

/** A log into a file, as when standard output is one. */
function logTo(fd: number): LogOutput {
  return new LogOutput(Object.assign(new Writable(), { fd }));
}

describe("a log to a file", () => {
  it("has every line", async () => {
    const folder = await mkdtemp(join(tmpdir(), "log-"));
    cleanups.push(() => rm(folder, { recursive: true }));
    const fd = openSync(join(folder, "log"), "a");
    cleanups.push(() => closeSync(fd));
    const output = logTo(fd);
    const log = await createLog({ level: "info", format: "json", output });
    log.info("ä");
    log.info("b");
    const lines = (await readFile(join(folder, "log"), "utf8")).trimEnd().split("\n");
    expect(lines.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual(["ä", "b"]);
    expect(output.dropped).toBe(0);
  });

  it("that takes nothing, as on a full disk, drops lines and counts them", () =>
    withUnwritable(async (descriptor) => {
      const output = logTo(descriptor);
      const registry = new Registry();
      describeLog(output, registry);
      const log = await createLog({ level: "info", format: "pretty", output });
      log.info("a");
      log.info("b");
      expect(await registry.metrics()).toContain("log_lines_dropped_total 2");
    }));
});

/** A connection that nobody reads: like a pipe, but both ends are of this process. */
async function unread(): Promise<{ here: Socket; there: Socket; server: Server }> {
  const server = createServer({ pauseOnConnect: true });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const accepted = once(server, "connection");
  const here = connect((server.address() as AddressInfo).port, "127.0.0.1");
  const [there] = (await accepted) as [Socket];
  cleanups.push(
    () => here.destroy(),
    () => there.destroy(),
    () => server.close(),
  );
  return { here, there, server };
}

describe("a log to a reader", () => {
  it("that has stopped drops lines, and goes on when it reads again", async () => {
    const { here, there } = await unread();
    const output = new LogOutput(here);
    const line = `${"x".repeat(100_000)}\n`;
    for (let lines = 0; lines < 200 && output.dropped === 0; lines += 1) {
      output.write(line);
      await new Promise(setImmediate);
    }
    expect(output.dropped).toBe(1);
    there.resume();
    await vi.waitFor(() => expect(here.writableLength).toBe(0));
    output.write(line);
    expect(output.dropped).toBe(1);
  });

  it("that has gone drops lines, and counts them", async () => {
    const { here, there } = await unread();
    const output = new LogOutput(here);
    there.resetAndDestroy();
    await vi.waitFor(() => {
      output.write("x\n");
      expect(output.dropped).toBeGreaterThan(1);
    });
  });
});
