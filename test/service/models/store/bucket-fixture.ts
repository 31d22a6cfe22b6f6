import { randomUUID } from "node:crypto";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FaultProxy } from "./fault-proxy.js";
import { CREDENTIALS, type Moto } from "./moto.js";

/** A bucket in moto behind a proxy, a folder for a cache, and the environment that leads to them. */
export class BucketFixture {
  private readonly variables: Record<string, string | undefined> = {};

  private constructor(
    readonly moto: Moto,
    readonly proxy: FaultProxy,
    readonly bucket: string,
    readonly cache: string,
  ) {}

  /** Sets the standard variables of this process until `dispose`. */
  static async create(moto: Moto): Promise<BucketFixture> {
    const bucket = `models-${randomUUID()}`;
    await moto.makeBucket(bucket);
    const cache = await mkdtemp(join(tmpdir(), "cache-"));
    const fixture = new BucketFixture(moto, await FaultProxy.start(moto.port), bucket, cache);
    fixture.set("AWS_ENDPOINT_URL_S3", fixture.proxy.url);
    fixture.set("AWS_ACCESS_KEY_ID", CREDENTIALS.accessKeyId);
    fixture.set("AWS_SECRET_ACCESS_KEY", CREDENTIALS.secretAccessKey);
    return fixture;
  }

  get address(): string {
    return `s3://${this.bucket}/production`;
  }

  /** Puts a file below the prefix. */
  put(path: string, content: Uint8Array | string): Promise<void> {
    return this.moto.put(this.bucket, `production/${path}`, content);
  }

  remove(path: string): Promise<void> {
    return this.moto.remove(this.bucket, `production/${path}`);
  }

  set(name: string, value: string | undefined): void {
    if (!(name in this.variables)) {
      this.variables[name] = process.env[name];
    }
    assign(name, value);
  }

  /** Paths of the files in the cache, below the store's folder. */
  async cached(): Promise<string[]> {
    const entries = await readdir(this.cache, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) =>
        join(parentPath, name)
          .slice(this.cache.length + 1)
          .split("/")
          .slice(1)
          .join("/"),
      )
      .sort();
  }

  async dispose(): Promise<void> {
    await this.proxy.stop();
    for (const [name, value] of Object.entries(this.variables)) {
      assign(name, value);
    }
    await rm(this.cache, { recursive: true, force: true });
  }
}

function assign(name: string, value: string | undefined): void {
  if (value === undefined) {
    delete process.env[name];
  } else {
    process.env[name] = value;
  }
}
