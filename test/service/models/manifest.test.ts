import { describe, expect, it } from "vitest";
import { parseManifest, sizesFault } from "#service/models/manifest.js";

const SHA256 = "0".repeat(64);

describe("a manifest", () => {
  it("may say more than is asked for", () => {
    const text = JSON.stringify({
      files: { "model.onnx": { sha256: SHA256, bytes: 1, more: 1 } },
      lineage: { parent: "1", commit: "a" },
      author: "somebody",
    });
    expect(parseManifest(text)).toEqual({
      files: { "model.onnx": { sha256: SHA256, bytes: 1 } },
      lineage: { parent: "1", commit: "a" },
    });
  });

  it.each([
    ["{", "manifest.json is not JSON: "],
    ["{}", "manifest.json: files: "],
    [
      `{"files":{"model.onnx":{"sha256":"${SHA256.slice(1)}","bytes":1}}}`,
      "files.model.onnx.sha256: must be 64",
    ],
    [`{"files":{"model.onnx":{"sha256":"${SHA256}","bytes":-1}}}`, "files.model.onnx.bytes: "],
    [`{"files":{"model.onnx":{"sha256":"${SHA256}","bytes":1e400}}}`, "files.model.onnx.bytes: "],
    [`{"files":{"../x":{"sha256":"${SHA256}","bytes":1}}}`, "files.../x: "],
    [`{"files":{"/etc/passwd":{"sha256":"${SHA256}","bytes":1}}}`, "files./etc/passwd: "],
    ['{"files":{},"metrics":{"accuracy":"good"}}', "metrics.accuracy: "],
  ])("%s is refused, and the field is named", (text, words) => {
    expect(() => parseManifest(text)).toThrow(words);
  });

  it("must name the model, with sizes as they are", () => {
    const file = { sha256: SHA256, bytes: 3 };
    expect(sizesFault({}, () => 3)).toBe("manifest.json does not name model.onnx.");
    expect(sizesFault({ "model.onnx": file }, () => 3)).toBeUndefined();
    expect(sizesFault({ "model.onnx": file }, () => undefined)).toBe(
      "manifest.json names model.onnx, which is not there.",
    );
    expect(sizesFault({ "model.onnx": file }, () => 9e15)).toBe(
      `The file model.onnx has ${9e15} bytes; manifest.json says 3.`,
    );
  });
});
