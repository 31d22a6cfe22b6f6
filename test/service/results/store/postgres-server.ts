import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { tmpdir } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";

const DEBIAN = "/usr/lib/postgresql";

/** PostgreSQL's programs, where the machine has them. */
function programs(): string | undefined {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN) : [];
  return versions
    .map((version) => join(DEBIAN, version, "bin"))
    .find((bin) => existsSync(join(bin, "initdb")));
}

const BIN = programs();

/** Why there is no server; undefined where there can be one. */
export const WITHOUT_POSTGRES =
  BIN === undefined ? "PostgreSQL's server is not installed: its tests are skipped" : undefined;

/** PostgreSQL does not run as root. */
const NOBODY = 65_534;
const user = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};

/** A PostgreSQL server of its own on loopback, which keeps its data in a folder that goes with it. */
export class PostgresServer {
  private constructor(
    private readonly folder: string,
    readonly port: number,
    private server: ChildProcess,
  ) {}

  static async start(): Promise<PostgresServer> {
    const folder = mkdtempSync(join(tmpdir(), "postgres-"));
    if ("uid" in user) {
      chownSync(folder, NOBODY, NOBODY);
    }
    const options = { ...user, cwd: folder, stdio: "ignore" } as const;
    execFileSync(
      join(BIN ?? "", "initdb"),
      ["-D", join(folder, "data"), "-A", "trust", "-U", "postgres", "-N"],
      options,
    );
    const port = await freePort();
    const started = new PostgresServer(folder, port, serve(folder, port));
    await started.answers();
    return started;
  }

  /** The address of a database of that name, which is made. */
  async database(name: string): Promise<string> {
    await this.query(`create database ${name}`);
    return `postgres://postgres@127.0.0.1:${this.port}/${name}`;
  }

  /** Ends the server at once, as a crash does. */
  async crash(): Promise<void> {
    const ended = once(this.server, "exit");
    this.server.kill("SIGQUIT");
    await ended;
  }

  async restart(): Promise<void> {
    this.server = serve(this.folder, this.port);
    await this.answers();
  }

  async stop(): Promise<void> {
    await this.crash();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async query(text: string): Promise<void> {
    const client = new pg.Client(`postgres://postgres@127.0.0.1:${this.port}/postgres`);
    client.on("error", () => undefined);
    try {
      await client.connect();
      await client.query(text);
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  private async answers(): Promise<void> {
    for (;;) {
      try {
        return await this.query("select 1");
      } catch {
        await delay(50);
      }
    }
  }
}

function serve(folder: string, port: number): ChildProcess {
  const settings = { listen_addresses: "127.0.0.1", port, unix_socket_directories: "", fsync: "off" };
  const flags = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  return spawn(join(BIN ?? "", "postgres"), ["-D", join(folder, "data"), ...flags], {
    ...user,
    cwd: folder,
    stdio: "ignore",
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
