import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { createReadStream, createWriteStream, existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";

/** Where Pulumi publishes its command line: https://www.pulumi.com/docs/install/versions/ */
export const RELEASES = "https://get.pulumi.com/releases/sdk";

/** Longest that a download may take, for a hundred megabytes over a slow line. */
const DOWNLOAD_SECONDS = 1800;

const SYSTEMS: Partial<Record<NodeJS.Platform, string>> = {
  linux: "linux",
  darwin: "darwin",
  win32: "windows",
};
const MACHINES: Partial<Record<NodeJS.Architecture, string>> = { x64: "x64", arm64: "arm64" };

const run = promisify(execFile);

/** Names of a release's archive and of the file with its checksum. Throws for a machine that there is none for. */
export function releaseFiles(
  version: string,
  platform: NodeJS.Platform = process.platform,
  architecture: NodeJS.Architecture = process.arch,
): { archive: string; checksums: string } {
  const [system, machine] = [SYSTEMS[platform], MACHINES[architecture]];
  if (system === undefined || machine === undefined) {
    throw new Error(`there is no release for ${platform} on ${architecture}`);
  }
  const extension = system === "windows" ? "zip" : "tar.gz";
  return {
    archive: `pulumi-v${version}-${system}-${machine}.${extension}`,
    checksums: `pulumi-${version}-checksums.txt`,
  };
}

/**
 * Fetches a release of Pulumi's command line, checks it against its published SHA-256, unpacks it and tries it. It is at
 * `folder`/bin then, whole, or the folder is as it was. Rejects with what went wrong.
 */
export async function installRelease(version: string, folder: string, releases: string): Promise<void> {
  const { archive, checksums } = releaseFiles(version);
  const incomplete = `${folder}.incomplete`;
  // One that was interrupted may have left its own.
  await rm(incomplete, { recursive: true, force: true });
  await mkdir(incomplete, { recursive: true });
  try {
    const file = join(incomplete, archive);
    const expected = listedChecksum(archive, await (await get(`${releases}/${checksums}`)).text());
    await save(`${releases}/${archive}`, file);
    const found = await sha256(file);
    if (found !== expected) {
      throw new Error(`${archive} is damaged: its SHA-256 is ${found}, not ${expected}`);
    }
    await unpack(file, incomplete);
    await tryOut(join(incomplete, "bin", "pulumi"));
    await rm(file);
    await rm(folder, { recursive: true, force: true });
    await rename(incomplete, folder);
  } finally {
    await rm(incomplete, { recursive: true, force: true });
  }
}

/** A file's checksum in the output of sha256sum. */
function listedChecksum(file: string, list: string): string {
  const entry = list
    .split("\n")
    .map((line) => line.trim().split(/\s+\*?/))
    .find(([, name]) => name === file);
  if (entry?.[0] === undefined) {
    throw new Error(`the published checksums do not list ${file}`);
  }
  return entry[0];
}

async function get(url: string): Promise<Response> {
  const signal = AbortSignal.timeout(DOWNLOAD_SECONDS * 1000);
  const response = await fetch(url, { signal }).catch((error: unknown) => {
    throw new Error(`${url} does not answer: ${reason(error)}`, { cause: error });
  });
  if (!response.ok) {
    throw new Error(`${url} answered with status ${response.status}`);
  }
  return response;
}

async function save(url: string, file: string): Promise<void> {
  const { body } = await get(url);
  if (body === null) {
    throw new Error(`${url} answered without a body`);
  }
  await pipeline(Readable.fromWeb(body), createWriteStream(file)).catch((error: unknown) => {
    throw new Error(`the download of ${url} broke off: ${reason(error)}`, { cause: error });
  });
}

/** What is behind fetch's own words, which are "fetch failed" and "terminated". */
function reason(error: unknown): string {
  if (!(error instanceof Error)) {
    return String(error);
  }
  const { cause } = error;
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : undefined;
  return code ?? (cause instanceof Error ? cause.message : error.message);
}

async function sha256(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}

/** Every system that Pulumi supports brings a tar, Windows one that reads zip. */
async function unpack(file: string, folder: string): Promise<void> {
  await run("tar", ["-xf", file, "-C", folder]).catch((error: unknown) => {
    throw new Error(`the archive cannot be unpacked: ${lastLine(error)}`, { cause: error });
  });
  const unpacked = join(folder, "pulumi");
  const nested = join(unpacked, "bin");
  await rename(existsSync(nested) ? nested : unpacked, join(folder, "bin"));
}

async function tryOut(command: string): Promise<void> {
  await run(command, ["version"]).catch((error: unknown) => {
    throw new Error(`the downloaded command does not run: ${lastLine(error)}`, { cause: error });
  });
}

function lastLine(error: unknown): string {
  const lines = (error instanceof Error ? error.message : String(error)).trim().split("\n");
  return lines.at(-1) ?? "";
}
