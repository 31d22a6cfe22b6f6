import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { expect, it, onTestFinished } from "vitest";

import { modelsFolder } from "#infra/image/models-folder.js";

function folder(files: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), "models-folder-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
  return root;
}

it("is all that a server would look at, and nothing that begins with a dot", () => {
  const root = folder({
    "m/1/model.onnx": "graph",
    "m/1/weights/w.bin": "12345",
    "m/config.json": "{}",
    "m/.events/1.json": "{}",
    ".incoming/2/model.onnx": "half",
    "m/.DS_Store": "",
  });
  expect(modelsFolder(root, ".")).toEqual({
    path: root,
    files: ["m/1/model.onnx", "m/1/weights/w.bin", "m/config.json"],
    bytes: 12,
  });
});

it("may be a link, and have links in it", () => {
  const root = folder({ "real/m/1/model.onnx": "graph", "weights.bin": "w" });
  symlinkSync(join(root, "real"), join(root, "linked"));
  symlinkSync(join(root, "weights.bin"), join(root, "real/m/1/weights.bin"));
  expect(modelsFolder(root, "linked").files).toEqual(["m/1/model.onnx", "m/1/weights.bin"]);
});

it.each<[string, Record<string, string>, string]>([
  ["missing", {}, "missing does not exist"],
  ["file", { file: "" }, "file is no folder"],
  ["models", { "models/m/model.onnx": "" }, "models holds no model: one is NAME/VERSION/model.onnx"],
  ["models", { "models/.m/1/model.onnx": "" }, "models holds no model"],
  ["models", { "models/readme": "" }, "models holds no model"],
])("is refused by name where %s of %j cannot be served", (path, files, reason) => {
  const root = folder(files);
  expect(() => modelsFolder(root, path)).toThrow(`ai-model-service:models.folder: ${root}/${reason}`);
});

it("is refused where a link in it leads nowhere", () => {
  const root = folder({ "m/1/model.onnx": "" });
  symlinkSync("nowhere", join(root, "m/1/weights.bin"));
  expect(() => modelsFolder(root, ".")).toThrow(`${root}/m/1/weights.bin does not exist`);
});
