import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { shownDefault, type Setting } from "#service/server/settings/definition.js";
import { SETTINGS } from "#service/inference/settings.js";

const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");

/** The first two cells of the table's row that begins with `variable`. */
function rowOf(variable: string): string[] | undefined {
  const line = readme.split("\n").find((text) => text.startsWith(`| \`${variable}\``));
  return line?.split("|").map((cell) => cell.trim());
}

describe("README's table of the server's settings", () => {
  it.each(Object.values(SETTINGS))("has $variable", ({ variable }) => {
    expect(rowOf(variable)).toBeDefined();
  });

  it.each(Object.values(SETTINGS))("gives $variable its default", (setting: Setting) => {
    expect(rowOf(setting.variable)?.[2]).toBe(shownDefault(setting));
  });
});
