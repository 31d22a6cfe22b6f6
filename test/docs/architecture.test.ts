import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { read } from "./blocks.js";

const SOURCES = fileURLToPath(new URL("../../service/src", import.meta.url));

/** By folder, those that the page's table lets it import. */
function documented(): Map<string, Set<string>> {
  const rows = read("docs/architecture.md").matchAll(/^\| `(\w+)` +\|[^|]*\|([^|]*)\|$/gm);
  return new Map(
    [...rows].map(([, folder = "", imports = ""]) => [
      folder,
      new Set([...imports.matchAll(/`(\w+)`/g)].map(([, name = ""]) => name)),
    ]),
  );
}

/** Every import between two folders of the service, as `file: folder`. */
function imports(folder: string): { readonly file: string; readonly to: string }[] {
  const files = readdirSync(join(SOURCES, folder), { recursive: true, encoding: "utf8" });
  return files
    .filter((file) => file.endsWith(".ts"))
    .flatMap((name) => {
      const file = join(SOURCES, folder, name);
      const paths = [...readFileSync(file, "utf8").matchAll(/(?:from|import\() ?"(\.[^"]+)"/g)];
      return paths
        .map(([, path = ""]) => relative(SOURCES, join(dirname(file), path)).split(sep))
        .filter(([to, ...rest]) => rest.length > 0 && to !== folder && to !== "..")
        .map(([to = ""]) => ({ file: join(folder, name), to }));
    });
}

const folders = readdirSync(SOURCES, { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? [entry.name] : [],
);

it("lists every folder of the service", () => {
  expect([...documented().keys()].sort()).toEqual([...folders].sort());
});

it.each(folders)("%s imports only what the page says", (folder) => {
  const allowed = documented().get(folder);
  expect(imports(folder).filter(({ to }) => allowed?.has(to) !== true)).toEqual([]);
});
