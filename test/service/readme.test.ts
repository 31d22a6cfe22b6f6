import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { SETTING_NAMES, SETTINGS } from "#service/inference/settings.js";

const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");

/** The first two cells of the table's row that begins with `variable`. */
function rowOf(variable: string): string[] | undefined {
  const line = readme.split("\n").find((text) => text.startsWith(`| \`${variable}\``));
  return line?.split("|").map((cell) => cell.trim());
}

describe("README's table of the server's settings", () => {
  it.each(SETTING_NAMES.map((name) => SETTINGS[name].variable))("has %s", (variable) => {
    expect(rowOf(variable)).toBeDefined();
  });

  const shown = SETTING_NAMES.map(
    (name): { variable: string; fallback?: string; fallbackText?: string } => SETTINGS[name],
  );

  it.each(shown)("gives $variable its default", ({ variable, fallback, fallbackText }) => {
    expect(rowOf(variable)?.[2]).toBe(fallbackText ?? fallback);
  });
});
