import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { S3Repository } from "#service/models/store/s3-repository.js";
import type { Scan } from "#service/models/scan.js";
import type { VersionFiles } from "#service/models/version-folder.js";
import { BucketFixture } from "./bucket-fixture.js";
import { manifestOf } from "../manifest-of.js";
import { Moto, motoIsThere } from "./moto.js";

const MODEL = Buffer.from("a model, as far as anybody here looks");

describe.skipIf(!motoIsThere)("a bucket as a model repository", () => {
  let moto: Moto;
  let store: BucketFixture;
  let repository: S3Repository;
  const opened: S3Repository[] = [];

  beforeAll(async () => {
    moto = await Moto.start();
  });
  afterAll(() => moto.stop());
  beforeEach(async () => {
    store = await BucketFixture.create(moto);
    repository = open();
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((each) => each.stop()));
    await store.dispose();
  });

  /** As another process would. */
  function open(timing?: ConstructorParameters<typeof S3Repository>[2]): S3Repository {
    const another = new S3Repository(store.address, store.cache, timing);
    opened.push(another);
    return another;
  }
  function versionOf({ models }: Scan, version = "1", name = "m"): VersionFiles {
    const found = models
      .find((model) => model.name === name)
      ?.versions.find((each) => each.version === version);
    if (!found) {
      throw new Error(`There is no ${name}/${version}.`);
    }
    return found;
  }
  async function fetched(from = repository, version = "1"): Promise<VersionFiles> {
    const files = versionOf(await from.scan(), version);
    await from.fetch("m", files);
    return files;
  }

  describe("a look", () => {
    it("finds models, versions and configurations, and nothing that is hidden", async () => {
      await store.put("m/config.json", '{"description":"M"}');
      await store.put("m/1/model.onnx", MODEL);
      await store.put("m/10/model.onnx", MODEL);
      await store.put("m/10/weights/part.bin", "12345");
      await store.put("m/.events/1.json", "{}");
      await store.put("m/notes/readme.txt", "no version");
      await store.put("m/2/", "");
      await store.put(".incoming/1/model.onnx", MODEL);
      await store.put("b\u00e4d/1/model.onnx", MODEL);
      const { models, misnamed, outdated } = await repository.scan();
      expect(outdated).toBeUndefined();
      expect(models).toMatchObject([
        {
          name: "m",
          configText: '{"description":"M"}',
          versions: [
            { version: "1", bytes: MODEL.length, absent: { state: "unasked" } },
            { version: "10", bytes: MODEL.length + 5 },
          ],
        },
      ]);
      expect(misnamed).toMatchObject([{ name: "b\u00e4d" }]);
    });

    it("reads a text again only when it has changed", async () => {
      await store.put("m/config.json", "{}");
      await store.put("m/1/model.onnx", MODEL);
      await store.put("m/1/manifest.json", manifestOf({ "model.onnx": MODEL }));
      const { stamp } = versionOf(await repository.scan());
      expect(versionOf(await repository.scan()).stamp).toBe(stamp);
      expect(store.proxy.fetched.sort()).toEqual([
        "production/m/1/manifest.json",
        "production/m/config.json",
      ]);
      await store.put("m/config.json", '{"description":"new"}');
      const scan = await repository.scan();
      expect(scan.models[0]?.configText).toBe('{"description":"new"}');
      expect(versionOf(scan).stamp).not.toBe(stamp);
      expect(store.proxy.fetched).toHaveLength(3);
    });

    it("goes over pages", async () => {
      await Promise.all(
        Array.from({ length: 1100 }, (_, index) => store.put(`m/1/part-${index}`, "x")).concat(
          store.put("m/1/model.onnx", MODEL),
          store.put("z/1/model.onnx", MODEL),
        ),
      );
      const { models } = await repository.scan();
      expect(models.map(({ name, versions }) => [name, versions[0]?.bytes])).toEqual([
        ["m", MODEL.length + 1100],
        ["z", MODEL.length],
      ]);
    });

    it.each([
      ["m/1/../../x", "m/1/../../x"],
      ["m/1//x", "m/1//x"],
      ["m/1/a\\..\\..\\x", "m/1/a\\..\\..\\x"],
      ["m/1/a\u0001", "m/1/a\\u{1}"],
      ["m/1/c:x", "m/1/c:x"],
    ])("refuses a version with the key %j, which is no path", async (key, shown) => {
      await store.put("m/1/model.onnx", MODEL);
      await store.put(key, "x");
      const version = versionOf(await repository.scan());
      expect(version.problem).toBe(`The key '${shown}' cannot be the path of a file.`);
      expect(version.absent).toBeUndefined();
    });

    it.each(["../x/model.onnx", "/etc/1/model.onnx", "m/../model.onnx"])(
      "sees nothing in %j",
      async (key) => {
        await store.put(key, MODEL);
        const { models, misnamed } = await repository.scan();
        expect([...models, ...misnamed].flatMap(({ versions }) => versions)).toEqual([]);
      },
    );
  });

  describe("files that are fetched", () => {
    it("are as they are in the store, those beside the graph too", async () => {
      const weights = randomBytes(100_000);
      await store.put("m/1/model.onnx", MODEL);
      await store.put("m/1/weights/part.bin", weights);
      await store.put("m/1/empty.txt", "");
      const files = await fetched();
      expect(files.absent).toBeUndefined();
      expect(await readFile(files.path)).toEqual(MODEL);
      expect(await readFile(join(dirname(files.path), "weights/part.bin"))).toEqual(weights);
      expect(await readFile(join(dirname(files.path), "empty.txt"), "utf8")).toBe("");
    });

    it("come with the files that the model is warmed up with", async () => {
      await store.put("m/config.json", JSON.stringify({ warmup: [{ input: { file: "./examples/a.bin" } }] }));
      await store.put("m/examples/a.bin", "1234");
      await store.put("m/examples/b.bin", "unused");
      await store.put("m/1/model.onnx", MODEL);
      const files = await fetched();
      const folder = dirname(dirname(files.path));
      expect(await readFile(join(folder, "examples/a.bin"), "utf8")).toBe("1234");
      expect((await store.cached()).filter((path) => path.includes("b.bin"))).toEqual([]);
    });

    it("are fetched by one of several processes", async () => {
      await store.put("m/1/model.onnx", MODEL);
      const others = [open(), open(), open()];
      await Promise.all([repository, ...others].map((each) => fetched(each)));
      expect(store.proxy.fetched).toEqual(["production/m/1/model.onnx"]);
    });

    it("are fetched again when they are others under the same names", async () => {
      await store.put("m/1/model.onnx", MODEL);
      const before = await fetched();
      await store.put("m/1/model.onnx", "another");
      const after = await fetched();
      expect(after.path).not.toBe(before.path);
      expect(await readFile(after.path, "utf8")).toBe("another");
      expect(await readFile(before.path)).toEqual(MODEL);
    });

    it("are fetched anew when the cache was damaged", async () => {
      await store.put("m/1/model.onnx", MODEL);
      const { path } = await fetched();
      await writeFile(path, "damaged, and of the same length as it");
      const files = await fetched(open());
      expect(files.absent).toBeUndefined();
      expect(await readFile(files.path)).toEqual(MODEL);
    });

    it("are thrown away when nobody uses them", async () => {
      await store.put("m/1/model.onnx", MODEL);
      await store.put("m/2/model.onnx", MODEL);
      const timed = open({ touchMilliseconds: 10, unusedMilliseconds: 50 });
      const unused = await fetched(timed, "1");
      const used = await fetched(timed, "2");
      timed.retain(new Set([used.path]));
      await expect.poll(() => unused.absent?.state, { timeout: 10_000 }).toBe("unasked");
      expect(used.absent).toBeUndefined();
      expect((await store.cached()).filter((path) => path.endsWith(".onnx"))).toHaveLength(1);
      await timed.fetch("m", unused);
      expect(await readFile(unused.path)).toEqual(MODEL);
    });
  });

  describe("a manifest", () => {
    it("holds each file to its SHA-256", async () => {
      await store.put("m/1/model.onnx", MODEL);
      await store.put("m/1/manifest.json", manifestOf({ "model.onnx": Buffer.from(MODEL).fill(1) }));
      const files = await fetched();
      expect(files.absent).toMatchObject({
        state: "failed",
        failure: "The file model.onnx is not the one of manifest.json: its SHA-256 is another.",
      });
    });

    it.each([
      [
        "a file that is not there",
        { "model.onnx": MODEL, "w.bin": MODEL },
        "names w.bin, which is not there",
      ],
      [
        "another size",
        { "model.onnx": Buffer.concat([MODEL, MODEL]) },
        `has ${MODEL.length} bytes; manifest.json says ${2 * MODEL.length}`,
      ],
    ])("that says of %s makes the version half written, and nothing is fetched", async (_, files, words) => {
      await store.put("m/1/model.onnx", MODEL);
      await store.put("m/1/manifest.json", manifestOf(files));
      const version = versionOf(await repository.scan());
      expect(version.problem).toContain(words);
      expect(version.absent).toBeUndefined();
      await store.put("m/1/manifest.json", manifestOf({ "model.onnx": MODEL }));
      expect(versionOf(await repository.scan()).problem).toBeUndefined();
    });

    it("of any length is not read beyond what a manifest needs", async () => {
      await store.put("m/1/model.onnx", MODEL);
      await store.put("m/1/manifest.json", Buffer.alloc(2 ** 21, " "));
      expect(versionOf(await repository.scan()).problem).toBe("manifest.json is too large.");
      expect(store.proxy.fetched).toEqual([]);
    });
  });

  describe("a transfer", () => {
    const LARGE = randomBytes(40 * 2 ** 20);
    const large = "production/m/1/model.onnx";

    it("that is cut is gone on with where it broke off, for the same content only", async () => {
      await store.put("m/1/model.onnx", LARGE);
      let cuts = 3;
      store.proxy.fault = ({ method, path }) =>
        method === "GET" && path.includes("model.onnx") && cuts-- > 0
          ? { kind: "cut", afterBytes: 8_000_000 }
          : undefined;
      const files = await fetched();
      expect(files.absent).toBeUndefined();
      expect((await readFile(files.path)).equals(LARGE)).toBe(true);
      const begins = store.proxy.seen
        .flatMap(({ range }) => /^bytes=(\d+)-/.exec(range ?? "")?.[1] ?? [])
        .map(Number);
      expect(Math.max(...begins)).toBeGreaterThan(0);
      // No byte was written twice.
      expect(repository.figures()).toMatchObject({ fetchedBytes: LARGE.length, failures: 0 });
    });

    it("that another process could not end is gone on with", async () => {
      await store.put("m/1/model.onnx", LARGE);
      store.proxy.fault = ({ method, path, range }) =>
        method === "GET" && path.includes("model.onnx")
          ? range === undefined
            ? { kind: "cut", afterBytes: 20_000_000 }
            : { kind: "status", status: 403 }
          : undefined;
      const files = await fetched();
      expect(files.absent).toMatchObject({
        state: "failed",
        failure: expect.stringContaining("credentials") as string,
      });
      const come = repository.figures().fetchedBytes;
      expect(come).toBeGreaterThan(10_000_000);
      store.proxy.fault = () => undefined;
      const another = open();
      expect((await readFile((await fetched(another)).path)).equals(LARGE)).toBe(true);
      expect(another.figures().fetchedBytes).toBe(LARGE.length - come);
      expect(await store.cached()).toHaveLength(3);
    });

    it("of wrong bytes is refused, and tried again", async () => {
      await store.put("m/1/model.onnx", MODEL);
      store.proxy.fault = ({ path }) => (path.includes(large) ? { kind: "wrong bytes" } : undefined);
      const files = await fetched();
      expect(files.absent?.failure).toBe(
        "The file model.onnx did not come as the model store has it: its checksum is another.",
      );
      store.proxy.fault = () => undefined;
      await repository.fetch("m", files);
      expect(files.absent).toBeUndefined();
    });

    it("of a store that fails says so", async () => {
      await store.put("m/1/model.onnx", MODEL);
      store.proxy.fault = ({ path }) => (path.includes(large) ? { kind: "status", status: 503 } : undefined);
      const files = await fetched();
      expect(files.absent?.failure).toBe("The model store fails (status 503).");
    });

    it("tells how far it is", async () => {
      await store.put("m/1/model.onnx", randomBytes(4_000_000));
      store.proxy.fault = ({ path }) =>
        path.includes(large) ? { kind: "slow", milliseconds: 20 } : undefined;
      const files = versionOf(await repository.scan());
      const done = repository.fetch("m", files);
      const told = new Set<string | undefined>();
      const look = setInterval(() => told.add(files.absent?.reason), 5);
      await done;
      clearInterval(look);
      expect(
        [...told].filter((text) => /^It is being fetched: [\d.]+ of 4 MB\.$/.test(text ?? "")).length,
      ).toBeGreaterThan(3);
    });

    it("into a folder that cannot be written says so", async () => {
      await store.put("m/1/model.onnx", MODEL);
      await writeFile(join(store.cache, "file"), "");
      const blocked = new S3Repository(store.address, join(store.cache, "file"));
      opened.push(blocked);
      const there = await fetched(blocked);
      expect(there.absent?.failure).toBe("The folder that MODEL_CACHE names cannot be written (ENOTDIR).");
    });
  });

  describe("a store that is away", () => {
    it("is served from what the cache holds, by a process that starts then too", async () => {
      await store.put("m/config.json", '{"description":"M"}');
      await store.put("m/1/model.onnx", MODEL);
      await store.put("m/2/model.onnx", MODEL);
      await fetched();
      store.proxy.fault = () => ({ kind: "status", status: 503 });
      const another = open();
      const scan = await another.scan();
      expect(scan.outdated).toBe(
        "The model store fails (status 503). What is known of it may be out of date.",
      );
      expect(scan.models).toMatchObject([{ name: "m", configText: '{"description":"M"}' }]);
      const files = versionOf(scan);
      await another.fetch("m", files);
      expect(files.absent).toBeUndefined();
      const notThere = versionOf(scan, "2");
      await another.fetch("m", notThere);
      expect(notThere.absent?.state).toBe("failed");
      expect(another.figures().awaySeconds).toBeGreaterThan(0);
      store.proxy.fault = () => undefined;
      expect((await another.scan()).outdated).toBeUndefined();
      expect(another.figures().awaySeconds).toBe(0);
    });

    it("and was never seen holds nothing, and says why", async () => {
      store.set("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:1");
      expect(await open().scan()).toEqual({
        models: [],
        misnamed: [],
        outdated: "The model store does not answer (ECONNREFUSED). What is known of it may be out of date.",
      });
    });

    it("for the key is wrong says so", async () => {
      store.proxy.fault = () => ({ kind: "status", status: 403 });
      expect((await open().scan()).outdated).toMatch(/^The model store refuses the credentials \(\w+\)\. /);
    });

    it("since nobody has a key says so", async () => {
      store.set("AWS_ACCESS_KEY_ID", undefined);
      store.set("AWS_SECRET_ACCESS_KEY", undefined);
      store.set("AWS_EC2_METADATA_DISABLED", "true");
      expect((await open().scan()).outdated).toMatch(/^No credentials for the model store were found\. /);
    });

    it("since there is no such bucket says so", async () => {
      const nowhere = new S3Repository("s3://no-such-bucket/x", store.cache);
      opened.push(nowhere);
      expect((await nowhere.scan()).outdated).toMatch(/^The model store has no such bucket\. /);
    });
  });
});
