import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type ListObjectsV2CommandOutput,
} from "@aws-sdk/client-s3";
import { messageOf, ServiceError } from "../../server/errors.js";
import { isHidden, nameProblem } from "../names.js";
import type { S3Store } from "../store/open-s3.js";
import { compareVersions } from "../versions.js";
import { RecordConflict, type Recorded, type Records } from "./records.js";

/** Records in a bucket: revisions are ETags, and conditions are the store's own. */
export class S3Records implements Records {
  readonly place: string;

  constructor(private readonly store: S3Store) {
    this.place = `s3://${store.bucket}/${store.prefix}`;
  }

  async read(path: string): Promise<Recorded | undefined> {
    try {
      const { Body, ETag } = await this.store.client.send(new GetObjectCommand(this.at(path)));
      return { text: (await Body?.transformToString()) ?? "", revision: ETag ?? "" };
    } catch (error) {
      if (statusOf(error) === 404) {
        return undefined;
      }
      throw this.unavailable(path, "read", error);
    }
  }

  async write(path: string, text: string, revision: string | undefined): Promise<string> {
    const condition = revision === undefined ? { IfNoneMatch: "*" } : { IfMatch: revision };
    const body = { Body: text, ContentType: "application/json" };
    try {
      const put = new PutObjectCommand({ ...this.at(path), ...body, ...condition });
      return (await this.store.client.send(put)).ETag ?? "";
    } catch (error) {
      if (!isConflict(error)) {
        throw this.unavailable(path, "written", error);
      }
      // The answer to an attempt that succeeded may have been lost, and the SDK have tried again.
      const found = await this.read(path);
      if (found?.text === text && found.revision !== revision) {
        return found.revision;
      }
      throw new RecordConflict(`${path} was changed by somebody else.`);
    }
  }

  async remove(path: string): Promise<void> {
    try {
      await this.store.client.send(new DeleteObjectCommand(this.at(path)));
    } catch (error) {
      throw this.unavailable(path, "removed", error);
    }
  }

  async list(folder: string): Promise<string[]> {
    const names: string[] = [];
    for await (const { Contents = [] } of this.pages(folder)) {
      names.push(...Contents.flatMap(({ Key }) => Key?.split("/").at(-1) ?? []));
    }
    return names.filter((name) => name !== "").sort();
  }

  async versions(model: string): Promise<string[]> {
    const names: string[] = [];
    for await (const { CommonPrefixes = [] } of this.pages(model)) {
      names.push(...CommonPrefixes.flatMap(({ Prefix }) => Prefix?.split("/").at(-2) ?? []));
    }
    const candidates = names.filter((name) => !isHidden(name) && nameProblem("version", name) === undefined);
    const found = await Promise.all(
      candidates.map(async (name) => ((await this.has(`${model}/${name}/model.onnx`)) ? [name] : [])),
    );
    return found.flat().sort(compareVersions);
  }

  private async has(path: string): Promise<boolean> {
    try {
      await this.store.client.send(new HeadObjectCommand(this.at(path)));
      return true;
    } catch (error) {
      if (statusOf(error) === 404) {
        return false;
      }
      throw this.unavailable(path, "read", error);
    }
  }

  /** What lies in a folder itself: as keys, and as prefixes of the folders there. */
  private async *pages(folder: string): AsyncGenerator<ListObjectsV2CommandOutput> {
    const where = { Bucket: this.store.bucket, Prefix: `${this.store.prefix}${folder}/`, Delimiter: "/" };
    let token: string | undefined;
    do {
      const list = new ListObjectsV2Command({ ...where, ContinuationToken: token });
      const page = await this.store.client.send(list).catch((error: unknown) => {
        throw this.unavailable(folder, "listed", error);
      });
      yield page;
      token = page.IsTruncated === true ? page.NextContinuationToken : undefined;
    } while (token !== undefined);
  }

  private at(path: string): { readonly Bucket: string; readonly Key: string } {
    return { Bucket: this.store.bucket, Key: `${this.store.prefix}${path}` };
  }

  private unavailable(path: string, verb: string, cause: unknown): ServiceError {
    const why = statusOf(cause) === 403 ? "these credentials may not" : messageOf(cause);
    return new ServiceError(
      "repository_unavailable",
      `In the model repository ${this.place}, ${path} cannot be ${verb}: ${why}.`,
      { cause },
    );
  }
}

/** 412: the condition did not hold. 409: another write was under way. 404: what was to be replaced is gone. */
function isConflict(error: unknown): boolean {
  return [404, 409, 412].includes(statusOf(error) ?? 0) && nameOf(error) !== "NoSuchBucket";
}

function statusOf(error: unknown): number | undefined {
  return error instanceof Error && "$metadata" in error
    ? (error.$metadata as { httpStatusCode?: number }).httpStatusCode
    : undefined;
}

function nameOf(error: unknown): string | undefined {
  return error instanceof Error ? error.name : undefined;
}
