import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { CreateBucketCommand, DeleteObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";

/** Whether this machine has the program that stands for S3. */
export const motoIsThere = spawnSync("moto_server", ["--help"]).status === 0;
if (!motoIsThere) {
  console.warn("skipped: tests of buckets need moto_server, of the Python package moto[server]");
}

/** What the SDK signs with; moto takes any key. */
export const CREDENTIALS = { accessKeyId: "test", secretAccessKey: "test" };

/** A process that answers S3 on loopback. */
export class Moto {
  readonly client: S3Client;

  private constructor(
    readonly port: number,
    private readonly process: ChildProcess,
  ) {
    this.client = new S3Client({
      endpoint: this.url,
      region: "us-east-1",
      forcePathStyle: true,
      credentials: CREDENTIALS,
    });
  }

  static async start(): Promise<Moto> {
    const port = await freePort();
    const process = spawn("moto_server", ["-H", "127.0.0.1", "-p", String(port)], { stdio: "ignore" });
    const moto = new Moto(port, process);
    while (
      !(await fetch(`${moto.url}/moto-api/`).then(
        ({ ok }) => ok,
        () => false,
      ))
    ) {
      await pause(50);
    }
    return moto;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async makeBucket(bucket: string): Promise<void> {
    await this.client.send(new CreateBucketCommand({ Bucket: bucket }));
  }

  async put(bucket: string, key: string, content: Uint8Array | string): Promise<void> {
    await this.client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: content }));
  }

  async remove(bucket: string, key: string): Promise<void> {
    await this.client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
  }

  async stop(): Promise<void> {
    this.client.destroy();
    this.process.kill("SIGKILL");
    await once(this.process, "exit");
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
