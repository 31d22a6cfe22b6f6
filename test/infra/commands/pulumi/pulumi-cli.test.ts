import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { version } from "@pulumi/pulumi/version.js";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { findPulumi, pulumiCli } from "#infra/commands/pulumi/pulumi-cli.js";
import { releaseFiles } from "#infra/commands/pulumi/pulumi-release.js";

const { archive, checksums } = releaseFiles(version);
const FACES = `#!/bin/sh\ncase "$1" in version) echo v${version};; *) language-host;; esac\n`;

let home: string;
let server: Server | undefined;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "home-"));
  vi.stubEnv("PATH", pathWithoutPulumi());
  vi.spyOn(console, "error").mockReturnValue();
});

afterEach(() => {
  server?.close();
  server = undefined;
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  rmSync(home, { recursive: true });
});

describe("findPulumi", () => {
  it("fetches a release, checks and unpacks it, and finds it again", async () => {
    const content = release();
    const address = await serve({ [archive]: content, [checksums]: sums(content) });
    const command = await findPulumi(home, address);
    expect(command).toBe(join(home, ".pulumi", "versions", version, "bin", "pulumi"));
    expect(readdirSync(join(home, ".pulumi", "versions"))).toEqual([version]);
    expect(readdirSync(join(home, ".pulumi", "versions", version))).toEqual(["bin"]);
    server?.close();
    server?.closeAllConnections();
    expect(await findPulumi(home, address)).toBe(command);
    // What is beside it is found by it.
    expect(pulumiCli(command, home, process.env).ask("up")).toBe("I speak Node.js\n");
  });

  it("prefers the one that is there", async () => {
    const bin = join(home, ".pulumi", "bin");
    mkdirSync(bin, { recursive: true });
    writeFileSync(join(bin, "pulumi"), FACES, { mode: 0o755 });
    expect(await findPulumi(home, await serve({}))).toBe(join(bin, "pulumi"));
  });

  it("refuses an archive whose checksum is another", async () => {
    const content = release();
    const address = await serve({ [archive]: content, [checksums]: sums(Buffer.from("another")) });
    await expectFault(address, `${archive} is damaged: its SHA-256 is ${sha256(content)}, not `);
  });

  it("refuses an archive that the checksums do not list", async () => {
    const address = await serve({ [archive]: release(), [checksums]: Buffer.from("0  another.tar.gz\n") });
    await expectFault(address, `the published checksums do not list ${archive}`);
  });

  it("says that there is no such release", async () => {
    await expectFault(await serve({}), `/${checksums} answered with status 404`);
  });

  it("says that nobody answers", async () => {
    const address = await serve({});
    await new Promise((resolve) => server?.close(resolve));
    await expectFault(address, `/${checksums} does not answer: ECONNREFUSED`);
  });

  it("says that the archive broke off", async () => {
    const content = release();
    const address = await serve({ [checksums]: sums(content) }, { [archive]: content });
    await expectFault(address, `/${archive} broke off: `);
  });

  it("says that the archive is not one", async () => {
    const content = Buffer.from("a page that asks to sign in");
    const address = await serve({ [archive]: content, [checksums]: sums(content) });
    await expectFault(address, "the archive cannot be unpacked: ");
  });

  it("says that what it fetched does not run", async () => {
    const content = release("#!/bin/sh\necho no such processor >&2\nexit 1\n");
    const address = await serve({ [archive]: content, [checksums]: sums(content) });
    await expectFault(address, "the downloaded command does not run: no such processor");
  });

  it("clears away what an interrupted one left", async () => {
    const leftOver = join(home, ".pulumi", "versions", `${version}.incomplete`, "bin");
    mkdirSync(leftOver, { recursive: true });
    const content = release();
    await findPulumi(home, await serve({ [archive]: content, [checksums]: sums(content) }));
    expect(readdirSync(join(home, ".pulumi", "versions"))).toEqual([version]);
  });

  /** One sentence, the way out, and nothing half installed. */
  async function expectFault(address: string, why: string): Promise<void> {
    const fault = await findPulumi(home, address).catch((error: unknown) => (error as Error).message);
    expect(fault).toContain(why);
    expect(fault).toMatch(
      /^Pulumi's command line is missing and could not be downloaded: .* Install it from https:\/\/www\.pulumi\.com\S+ Without it, run npm start for the service alone\.$/,
    );
    expect(readdirSync(join(home, ".pulumi", "versions"))).toEqual([]);
  }
});

describe("releaseFiles", () => {
  it("names the files as Pulumi does", () => {
    const names = (platform: NodeJS.Platform, architecture: NodeJS.Architecture) =>
      releaseFiles("3.248.0", platform, architecture);
    expect(names("linux", "x64")).toEqual({
      archive: "pulumi-v3.248.0-linux-x64.tar.gz",
      checksums: "pulumi-3.248.0-checksums.txt",
    });
    expect(names("darwin", "arm64").archive).toBe("pulumi-v3.248.0-darwin-arm64.tar.gz");
    expect(names("win32", "x64").archive).toBe("pulumi-v3.248.0-windows-x64.zip");
    expect(() => names("freebsd", "x64")).toThrow("there is no release for freebsd on x64");
  });
});

/** A folder of programs with what unpacks alone. */
function pathWithoutPulumi(): string {
  const programs = join(home, "programs");
  mkdirSync(programs);
  for (const program of ["tar", "gzip"]) {
    const path = execFileSync("/bin/sh", ["-c", `command -v ${program}`], { encoding: "utf8" }).trim();
    symlinkSync(path, join(programs, program));
  }
  return programs;
}

/** An archive laid out as Pulumi's: a folder with the command line and the language hosts. */
function release(pulumi = FACES): Buffer {
  const folder = join(home, "release", "pulumi");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "pulumi"), pulumi, { mode: 0o755 });
  writeFileSync(join(folder, "language-host"), "#!/bin/sh\necho I speak Node.js\n", { mode: 0o755 });
  const file = join(home, archive);
  execFileSync("tar", ["-czf", file, "-C", join(home, "release"), "pulumi"]);
  return readFileSync(file);
}

function sums(content: Buffer): Buffer {
  return Buffer.from(
    `${"0".repeat(64)}  pulumi-v${version}-plan9-x64.tar.gz\n${sha256(content)}  ${archive}\n`,
  );
}

function sha256(content: Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}

/** Serves files, and of some a half before it hangs up; returns the address. */
async function serve(files: Record<string, Buffer>, halves: Record<string, Buffer> = {}): Promise<string> {
  const answering = createServer((request, response) => {
    const name = (request.url ?? "").slice(1);
    const half = halves[name];
    if (half !== undefined) {
      response.writeHead(200, { "content-length": half.length });
      response.write(half.subarray(0, half.length / 2), () => response.destroy());
    } else if (files[name] === undefined) {
      response.writeHead(404).end();
    } else {
      response.end(files[name]);
    }
  });
  server = answering;
  await new Promise<void>((resolve) => answering.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(answering.address() as AddressInfo).port}`;
}
