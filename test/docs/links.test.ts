import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { read } from "./blocks.js";

const PAGES = [
  "README.md",
  "CONTRIBUTING.md",
  "CHANGELOG.md",
  ...readdirSync("docs")
    .filter((name) => name.endsWith(".md"))
    .map((name) => join("docs", name)),
];

/** The anchor of a heading, as GitHub makes it. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");
}

/** Every link of a page to another of the repository's files. */
function linksOf(page: string): { readonly file: string; readonly anchor: string | undefined }[] {
  return [...read(page).matchAll(/\]\((?!https?:)([^)]+)\)/g)].map(([, link = ""]) => {
    const [path = "", anchor] = link.split("#");
    return { file: path === "" ? page : join(dirname(page), path), anchor };
  });
}

describe.each(PAGES)("%s", (page) => {
  it("links to files and headings that exist", () => {
    const broken = linksOf(page).filter(({ file, anchor }) => {
      if (!existsSync(file)) {
        return true;
      }
      const headings = [...read(file).matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) => anchorOf(heading));
      return anchor !== undefined && !headings.includes(anchor);
    });
    expect(broken).toEqual([]);
  });

  it("names files and folders that exist", () => {
    const named = [...read(page).matchAll(/`((?:bench|contract|docs|infra|service|test)\/[\w./-]+)`/g)];
    const paths = named.map(([, path = ""]) => path).filter((path) => !/\/(NAME|SECTION)|:/.test(path));
    expect(paths.filter((path) => !existsSync(path))).toEqual([]);
  });
});
