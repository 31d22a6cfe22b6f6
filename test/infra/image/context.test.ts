import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { expect, it, onTestFinished } from "vitest";

import { layOutContext } from "#infra/image/context.js";
import { inputFiles } from "#infra/image/inputs.js";

/** A checkout with files of these modes. */
function checkout(mode: number): string {
  const root = mkdtempSync(join(tmpdir(), "checkout-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  for (const file of ["package.json", "service/main.ts", "service/models/m/1/model.onnx", "README.md"]) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), file);
    chmodSync(join(root, file), mode);
  }
  return root;
}

/** What the provider's digest of a context follows from: paths, modes and content of files. */
function digested(context: string): [string, string, string][] {
  return inputFiles(context, ["package.json", "service"]).map((file) => {
    const path = join(context, file);
    return [file, (statSync(path).mode & 0o7777).toString(8), readFileSync(path, "utf8")];
  });
}

const INPUTS = ["package.json", "service"];

function laidOut(root: string, name: string, of: "image" | "models" = "image"): string {
  const files = inputFiles(root, INPUTS).map((file) => ({ from: join(root, file), to: file }));
  return layOutContext(root, { of, name, files });
}

it("is the same for the provider from checkouts of every umask", () => {
  const [one, ...others] = [0o644, 0o600, 0o664, 0o666, 0o755, 0o444].map((mode) => {
    const root = checkout(mode);
    return digested(join(root, laidOut(root, "content-a")));
  });
  expect(one).toHaveLength(3);
  for (const other of others) {
    expect(other).toEqual(one);
  }
});

it("is at the same place in every checkout, and holds nothing but the inputs", () => {
  const [root, other] = [checkout(0o644), checkout(0o600)];
  const path = laidOut(root, "content-a");
  expect(laidOut(other, "content-a")).toBe(path);
  expect(existsSync(join(root, path, "package.json"))).toBe(true);
  expect(existsSync(join(root, path, "README.md"))).toBe(false);
});

it("stays while its name does, and goes a day after another took its place", () => {
  const root = checkout(0o644);
  const old = join(root, laidOut(root, "content-a"));
  laidOut(root, "content-b");
  expect(existsSync(old)).toBe(true);
  const before = new Date(Date.now() - 48 * 3600 * 1000);
  utimesSync(old, before, before);
  laidOut(root, "content-b");
  expect(existsSync(old)).toBe(false);
});

it("does not take a context away that another kind of image is built from", () => {
  const root = checkout(0o644);
  const image = join(root, laidOut(root, "content-a"));
  const before = new Date(Date.now() - 48 * 3600 * 1000);
  utimesSync(image, before, before);
  laidOut(root, "content-m", "models");
  expect(existsSync(image)).toBe(true);
});
