import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { programSections, settingsPage } from "../../docs/settings-page.js";

it("is up to date: otherwise run `npm run docs`", async () => {
  const page = readFileSync(new URL("../../docs/settings.md", import.meta.url), "utf8");
  expect(page).toBe(await settingsPage());
});

it.each(programSections())(
  "describes the section $name and each of its settings",
  ({ description, settings }) => {
    expect(description).toMatch(/\.$/);
    expect(settings).not.toEqual([]);
    for (const setting of settings) {
      expect(setting.description, setting.key).toMatch(/^[A-Z`].*\.$/);
      expect(setting.allowed, setting.key).not.toBe("");
    }
  },
);
