import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { versionFault, weightsFault } from "#service/models/file-fault.js";
import { add, broken, detector, identity, textClassifier, upperCase } from "../../models/index.js";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "faults-"));
});
afterEach(() => rm(folder, { recursive: true }));

async function faultOf(content: Uint8Array | string): Promise<string | undefined> {
  const path = join(folder, "model.onnx");
  await writeFile(path, content);
  return versionFault({ version: "1", path, bytes: 0, stamp: "" });
}

const POINTER =
  "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n";
const GET_ANEW = "not a model: get it anew from where the model itself is.";

describe("what a model.onnx is that is no model", () => {
  it.each([
    ["", "is empty."],
    [POINTER, "is a pointer of Git LFS, not the file itself: get that with 'git lfs pull'."],
    [POINTER.replaceAll("\n", "\r\n"), /^The file model\.onnx is a pointer of Git LFS/],
    ["<!DOCTYPE html>\n<html lang=en>", `is a web page, ${GET_ANEW}`],
    ["\n\r\n  <html>", `is a web page, ${GET_ANEW}`],
    ["\uFEFF<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>", `is a web page, ${GET_ANEW}`],
    ['{"error":"Repository not found"}', `is JSON, ${GET_ANEW}`],
    ["PK\u0003\u0004\u0014", /is a ZIP archive, as PyTorch and Keras save models/],
    [Buffer.from([0x1f, 0x8b, 8, 0]), "is compressed with gzip: unpack it."],
    [Buffer.from("\u0089HDF\r\n", "latin1"), /is an HDF5 file, as Keras saves models/],
    [Buffer.from("\u001c\0\0\0TFL3\u0014", "latin1"), "is a model of TensorFlow Lite: export it to ONNX."],
    [Buffer.from("\u0020\0\0\0ORTM", "latin1"), /is in ONNX Runtime's own format/],
  ])("is said: %j", async (content, is) => {
    expect(await faultOf(content)).toEqual(
      typeof is === "string" ? `The file model.onnx ${is}` : expect.stringMatching(is),
    );
  });

  it("is not said of models, nor of what only the runtime can judge", async () => {
    for (const model of [add(), detector(), identity(), textClassifier(), upperCase(), broken()]) {
      expect(await faultOf(model)).toBeUndefined();
    }
  });

  it("is that it cannot be read", async () => {
    await symlink("model.onnx", join(folder, "model.onnx"));
    const path = join(folder, "model.onnx");
    expect(await versionFault({ version: "1", path, bytes: 0, stamp: "" })).toBe(
      "The file model.onnx cannot be read: its symbolic links lead in a circle.",
    );
  });
});

describe("what a file of weights is that holds none", () => {
  it("is said of a pointer alone", async () => {
    const path = join(folder, "part.bin");
    await writeFile(path, POINTER);
    expect(await weightsFault("weights/part.bin", path)).toBe(
      "The file weights/part.bin is a pointer of Git LFS, not the file itself: get that with 'git lfs pull'.",
    );
    for (const content of ["", "<", "{", "PK\u0003\u0004"]) {
      await writeFile(path, content);
      expect(await weightsFault("weights/part.bin", path)).toBeUndefined();
    }
    expect(await weightsFault("gone", join(folder, "gone"))).toBeUndefined();
    expect(await weightsFault("folder", folder)).toBeUndefined();
  });
});
