import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import type { S3Store } from "#service/models/store/open-s3.js";

/** Whether there is a `moto_server`, which answers S3 on this machine. */
export const HAS_MOTO = spawnSync("moto_server", ["--version"]).error === undefined;

/** An S3 server of its own, with a bucket. */
export class Moto {
  private constructor(
    private readonly child: ChildProcess,
    readonly endpoint: string,
    readonly client: S3Client,
  ) {}

  static async start(): Promise<Moto> {
    const port = await freePort();
    const child = spawn("moto_server", ["-H", "127.0.0.1", "-p", String(port)], { stdio: "ignore" });
    const endpoint = `http://127.0.0.1:${port}`;
    const credentials = { accessKeyId: "test", secretAccessKey: "test" };
    const client = new S3Client({ endpoint, region: "us-east-1", credentials, forcePathStyle: true });
    const moto = new Moto(child, endpoint, client);
    while (
      !(await fetch(endpoint).then(
        () => true,
        () => false,
      ))
    ) {
      await sleep(50);
    }
    await client.send(new CreateBucketCommand({ Bucket: "models" }));
    return moto;
  }

  /** What the service and the SDK are told to find it. */
  get environment(): Record<string, string> {
    return {
      AWS_ENDPOINT_URL_S3: this.endpoint,
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
    };
  }

  store(prefix: string): S3Store {
    return { client: this.client, bucket: "models", prefix };
  }

  async stop(): Promise<void> {
    this.client.destroy();
    this.child.kill("SIGKILL");
    await once(this.child, "close");
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
}
