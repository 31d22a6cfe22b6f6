import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { TrainingFixture } from "../training-fixture.js";

let training: TrainingFixture;
let data: string;
beforeEach(async () => {
  training = await TrainingFixture.start({ MAX_DATASET_BYTES: "1000", MAX_DATASETS_BYTES: "1500" });
});
afterEach(() => training.dispose());

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

function upload(text: string, name = "sales", headers: Record<string, string> = {}): Promise<Response> {
  return training.fetch(`/v1/datasets?name=${encodeURIComponent(name)}`, {
    method: "POST",
    body: text,
    headers,
  });
}

describe("data sets", () => {
  it("are kept by content, and named by jobs", async () => {
    const first = await upload("a,b\n1,2\n", "sales", { "content-type": "text/csv" });
    expect(first.status).toBe(201);
    const version = digest("a,b\n1,2\n").toString("hex");
    expect(await first.json()).toMatchObject({ name: "sales", version, bytes: 8, contentType: "text/csv" });
    expect((await upload("a,b\n1,2\n")).status).toBe(201);
    await upload("a,b\n3,4\n");
    expect(await (await training.fetch("/v1/datasets")).json()).toMatchObject({
      datasets: [{ version }, { bytes: 8 }],
    });
    for (const [body, text] of [
      [{ dataset: "sales" }, "a,b\n3,4\n"],
      [{ dataset: "sales", version }, "a,b\n1,2\n"],
    ] as const) {
      const before = training.processes.length;
      const { id } = await training.post("/v1/jobs", { recipe: "digits", data: body });
      await vi.waitFor(() => expect(training.processes).toHaveLength(before + 1));
      const source = training.processes.at(-1)?.assignment.data;
      expect(source?.kind === "file" && (await readFile(source.path, "utf8"))).toBe(text);
      await training.post(`/v1/jobs/${id}/cancel`);
    }
  });

  it("are refused when too large, misnamed, encoded or not what was meant, and leave nothing behind", async () => {
    expect((await upload("x".repeat(1001))).status).toBe(413);
    expect((await upload("x".repeat(900), "one")).status).toBe(201);
    expect(await (await upload("y".repeat(900), "two")).json()).toMatchObject({
      error: expect.stringContaining("MAX_DATASETS_BYTES") as string,
    });
    for (const name of ["", "../up", ".hidden", "a/b", "a\0b"]) {
      expect((await upload("x", name)).status).toBe(400);
    }
    expect((await upload("x", "a", { "content-encoding": "gzip" })).status).toBe(415);
    const other = `sha-256=:${digest("y").toString("base64")}:`;
    expect((await upload("x", "a", { "content-digest": other })).status).toBe(422);
    expect((await upload("y", "a", { "content-digest": other })).status).toBe(201);
    expect((await upload("y", "a", { "content-digest": "md5=:x:" })).status).toBe(400);
    await vi.waitFor(async () =>
      expect((await readdir(join(training.folder, "training/datasets"))).sort()).toEqual(["a", "one"]),
    );
  });

  it("of a client that goes in the middle are not kept", async () => {
    const socket = connect(training.port, "127.0.0.1");
    socket.write("POST /v1/datasets?name=half HTTP/1.1\r\nHost: localhost\r\nContent-Length: 500\r\n\r\nabc");
    const folder = join(training.folder, "training/datasets");
    await vi.waitFor(async () => expect(await readdir(folder)).toHaveLength(1));
    socket.destroy();
    await vi.waitFor(async () => expect(await readdir(folder)).toEqual([]));
  });
});

describe("paths", () => {
  beforeEach(async () => {
    data = join(training.folder, "data");
    await mkdir(join(data, "inside"), { recursive: true });
    await writeFile(join(training.folder, "secret.csv"), "a,b");
    await symlink(join(training.folder, "secret.csv"), join(data, "link.csv"));
    await symlink(join(data, "inside"), join(data, "fine"));
    await training.down();
    await training.up({ DATA_FOLDER: data });
  });

  it("lead to what lies in DATA_FOLDER, and nowhere else", async () => {
    expect((await training.post("/v1/jobs", { recipe: "digits", data: { path: "fine" } })).status).toBe(201);
    for (const path of [
      "link.csv",
      "../secret.csv",
      join(data, "inside"),
      "missing",
      "inside/../../secret.csv",
      "a\0b",
    ]) {
      const { status, path: field } = await training.post("/v1/jobs", { recipe: "digits", data: { path } });
      expect([status, field]).toEqual([400, "data.path"]);
    }
  });
});
