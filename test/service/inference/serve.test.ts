import { once } from "node:events";
import { createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { SETTINGS } from "#service/inference/settings.js";
import { brightIn } from "../../models/pictures.js";
import { RawClient } from "../server/http/raw-client.js";
import { predict, run, serving } from "./server-program.js";

describe("serve", () => {
  it.each(["SIGINT", "SIGHUP"] as const)(
    "says where it serves and what, and ends with 0 at %s",
    async (signal) => {
      const { program, url } = await serving();
      expect((await predict(url)).status).toBe(200);
      expect(program.output).toContain('"models":["quadrants/1"]');
      program.signal(signal);
      expect(await program.exitCode()).toBe(0);
      expect(program.output).toContain('"msg":"stopped"');
    },
  );

  it("says where administrators are served, and that a port is taken by its setting's name", async () => {
    const { program, url } = await serving({ ADMIN_PORT: "0" });
    const [, port = ""] = await program.says(/administrators on http:\/\/localhost:(\d+)/);
    expect((await fetch(`http://127.0.0.1:${port}/metrics`)).status).toBe(200);
    expect((await fetch(`${url}/metrics`)).status).toBe(404);
    const other = run(["serve"], { ADMIN_PORT: port });
    expect(await other.exitCode()).toBe(1);
    expect(other.output).toContain(
      `ADMIN_PORT ${port} is taken by another program; choose another with --admin-port.\n`,
    );
  });

  it("says at start who administrates where nobody but a key's holder should", async () => {
    const refused = await serving({ HOST: "0.0.0.0" });
    await refused.program.says(/"level":"warn".*are refused on this port: set ADMIN_PORT, or ADMIN_API_KEYS/);
    const open = await serving({ HOST: "0.0.0.0", ADMIN_PORT: "0" });
    await open.program.says(/"level":"warn".*whoever reaches ADMIN_PORT may load and unload models/);
    const keyed = await serving({ HOST: "0.0.0.0", ADMIN_API_KEYS: "ops-key" });
    await keyed.program.says(/serving on/);
    expect(keyed.program.output).not.toContain('"level":"warn"');
  });

  it.each<[string, readonly string[], Record<string, string>, RegExp]>([
    ["a key on the command line", ["--api-keys", "secret-1"], {}, /^API_KEYS is not taken as --api-keys/],
    ["a list without keys", [], { API_KEYS: "" }, /^API_KEYS holds no key/],
    [
      "a file that is not there",
      [],
      { API_KEYS_FILE: "/none.json" },
      /^API_KEYS_FILE \/none.json cannot be read/,
    ],
    [
      "such a file with workers",
      [],
      { API_KEYS_FILE: "/none.json", WORKERS: "2" },
      /^API_KEYS_FILE [^\n]*\n$/,
    ],
  ])("does not start with %s", async (_, flags, environment, message) => {
    const program = run(["serve", ...flags], environment);
    expect(await program.exitCode()).toBe(2);
    expect(program.output).toMatch(message);
    expect(program.output).not.toContain("secret-1");
  });

  it("answers what it had accepted before it ends", async () => {
    const { program, url } = await serving();
    const client = await RawClient.connect(Number(new URL(url).port));
    client.send(
      "POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/octet-stream\r\nContent-Length: 16\r\n\r\n",
    );
    program.signal("SIGTERM");
    await program.says(/shutting down/);
    client.send(brightIn(0));
    expect(await client.closed()).toMatch(/^HTTP\/1.1 200 OK.*Connection: close/s);
    expect(await program.exitCode()).toBe(0);
  });

  it("ends with 1 when requests are left after the grace", async () => {
    const { program, url } = await serving({ SHUTDOWN_GRACE_SECONDS: "0.1" });
    const client = await RawClient.connect(Number(new URL(url).port));
    client.send("POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: 16\r\n\r\n");
    program.signal("SIGTERM");
    expect(await program.exitCode()).toBe(1);
    expect(program.output).toContain("SHUTDOWN_GRACE_SECONDS");
  });

  it("says in one sentence that the port is taken", async () => {
    const blocker = createServer().listen(0, "127.0.0.1");
    await once(blocker, "listening");
    const address = blocker.address();
    const port = typeof address === "object" ? address?.port : undefined;
    const program = run(["serve", "--port", String(port)]);
    expect(await program.exitCode()).toBe(1);
    expect(program.output).toContain(
      `PORT ${port} is taken by another program; choose another with --port.\n`,
    );
    expect(program.output).not.toContain("    at ");
    blocker.close();
  });

  it("says all that is wrong with the settings and ends with 2", async () => {
    const program = run(["serve", "--queue-rows", "none"], { PORT: "70000" });
    expect(await program.exitCode()).toBe(2);
    expect(program.output).toBe(
      'PORT must be at most 65535, not "70000".\nQUEUE_ROWS must be a number, not "none".\n',
    );
  });

  it("lists every setting with its variable in --help", async () => {
    const program = run(["serve", "--help"]);
    expect(await program.exitCode()).toBe(0);
    const text = program.output.replace(/\s+/g, " ");
    for (const { variable } of Object.values(SETTINGS)) {
      expect(text).toContain(`[${variable}]`);
    }
  });
});
