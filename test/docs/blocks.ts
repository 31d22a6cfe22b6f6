import { readFileSync } from "node:fs";

/** A command of a page with what the page says that it prints; undefined where the page does not say. */
export interface Sample {
  readonly command: string;
  readonly answer: string | undefined;
}

/** The text of a file of the repository. */
export function read(path: string): string {
  return readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
}

/** The contents of a page's code blocks of a language. */
export function blocks(page: string, language: string): string[] {
  const pattern = new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, "gms");
  return [...page.matchAll(pattern)].map(([, text = ""]) => text);
}

/** The commands of `sh` blocks, without their remarks. */
export function commandsOf(block: string): string[] {
  return block
    .split("\n")
    .map((line) => line.replace(/(^|\s)#\s.*$/, "").trim())
    .filter((line) => line !== "");
}

/** The commands of a `console` block, each with what follows it. */
export function samplesOf(block: string): Sample[] {
  return block
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const [command = "", ...answer] = part.split("\n");
      return { command: command.trim(), answer: answer.join("\n").trim() };
    });
}

/** A command taken apart as a shell would: quotes hold words together. */
export function wordsOf(command: string): string[] {
  return [...command.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    ([, single, double, plain]) => single ?? double ?? plain ?? "",
  );
}
