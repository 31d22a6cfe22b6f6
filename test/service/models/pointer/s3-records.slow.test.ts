import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventsOf } from "#service/models/pointer/change-pointer.js";
import { promote, rollback, setTraffic } from "#service/models/pointer/operations.js";
import { RecordConflict } from "#service/models/pointer/records.js";
import { S3Records } from "#service/models/pointer/s3-records.js";
import { Moto, motoIsThere } from "../store/moto.js";
import { ASKED } from "./pointer-fixture.js";

describe.skipIf(!motoIsThere)("records in a bucket", () => {
  let moto: Moto;
  beforeAll(async () => {
    moto = await Moto.start();
    await moto.makeBucket("models");
  });
  afterAll(() => moto.stop());

  const recordsAt = (prefix: string, bucket = "models"): S3Records =>
    new S3Records({ client: moto.client, bucket, prefix });

  function put(key: string, text = "model"): Promise<void> {
    return moto.put("models", key, text);
  }

  it("are replaced only as they were read", async () => {
    const records = recordsAt("a/");
    expect(await records.read("m/config.json")).toBeUndefined();
    const first = await records.write("m/config.json", "1", undefined);
    await expect(records.write("m/config.json", "2", undefined)).rejects.toThrow(RecordConflict);
    const second = await records.write("m/config.json", "2", first);
    await expect(records.write("m/config.json", "3", first)).rejects.toThrow(RecordConflict);
    expect(await records.read("m/config.json")).toEqual({ text: "2", revision: second });
    await records.remove("m/config.json");
    await expect(records.write("m/config.json", "3", second)).rejects.toThrow(RecordConflict);
  });

  it("are written when the answer to the writing was lost", async () => {
    const records = recordsAt("b/");
    const first = await records.write("m/config.json", "1", undefined);
    const second = await records.write("m/config.json", "2", first);
    // As the SDK does when a connection breaks before the answer.
    expect(await records.write("m/config.json", "2", first)).toBe(second);
  });

  it("list names and the versions that hold a model", async () => {
    const records = recordsAt("c/");
    for (const key of [
      "c/m/10/model.onnx",
      "c/m/9/model.onnx",
      "c/m/11/weights.bin",
      "c/m/.cache/model.onnx",
    ]) {
      await put(key);
    }
    await records.write("m/.events/b.json", "1", undefined);
    await records.write("m/.events/a.json", "1", undefined);
    expect(await records.versions("m")).toEqual(["9", "10"]);
    expect(await records.versions("no")).toEqual([]);
    expect(await records.list("m/.events")).toEqual(["a.json", "b.json"]);
  });

  it("take every change of many at once, with an event of each", async () => {
    const records = recordsAt("d/");
    await put("d/m/1/model.onnx");
    await put("d/m/2/model.onnx");
    await put("d/m/config.json", '{ "labels": { "stable": "1" } }');
    const surroundings = { records, log: console, now: () => new Date() };
    const quiet = {
      ...surroundings,
      log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    };
    const names = Array.from({ length: 8 }, (_, index) => `label-${index}`);
    await Promise.all(names.map((name) => setTraffic(quiet, "m", { labels: { [name]: "1" } }, ASKED)));
    await promote(quiet, "m", "2", ASKED);
    await rollback(quiet, "m", undefined, ASKED);
    const { text = "" } = (await records.read("m/config.json")) ?? {};
    const { labels } = JSON.parse(text) as { labels: Record<string, string> };
    expect(labels).toEqual({ stable: "1", ...Object.fromEntries(names.map((name) => [name, "1"])) });
    const events = await eventsOf(records, "m");
    expect(events.map(({ outcome }) => outcome)).toEqual(Array.from({ length: 10 }, () => "made"));
  });

  it("say in a sentence that the bucket is not there", async () => {
    const records = recordsAt("", "absent");
    const written = records.write("m/config.json", "1", undefined);
    await expect(written).rejects.toThrow(
      /^In the model repository s3:\/\/absent\/, m\/config.json cannot be written: /,
    );
  });
});
