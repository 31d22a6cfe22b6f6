/** What a release's notes are made from. */
interface Release {
  /** Without a `v`: `1.2.0`. */
  readonly version: string;
  /** Address at which the repository's files of that release are read; its links are relative to it. */
  readonly files: string;
}

/** The section of a changelog that is of a release, as its notes. Throws where there is none, or nothing in it. */
export function notesOf(changelog: string, { version, files }: Release): string {
  const section = sectionOf(changelog, version);
  if (section === undefined) {
    throw new Error(`CHANGELOG.md has no section "## ${version}".`);
  }
  const notes = absolute(unwrapped(section), files).join("\n").trim();
  if (!/^[-*] /m.test(notes)) {
    throw new Error(`CHANGELOG.md says nothing under "## ${version}".`);
  }
  return `${notes}\n`;
}

const FENCE = /^ {0,3}(```|~~~)/;

/** The lines below a version's heading, which may be a link and carry a date. */
function sectionOf(changelog: string, version: string): string[] | undefined {
  const lines = changelog.split(/\r?\n/);
  const inCode = fenced(lines);
  const headings = lines.flatMap((line, at) => (/^## /.test(line) && !inCode[at] ? [at] : []));
  const name = (at: number) => /^## \[?v?([^\s\]]+)/.exec(lines[at] ?? "")?.[1];
  const start = headings.find((at) => name(at) === version);
  if (start === undefined) {
    return undefined;
  }
  return lines.slice(
    start + 1,
    headings.find((at) => at > start),
  );
}

/** For each line, whether it is in a block of code: what looks like a heading there is none. */
function fenced(lines: readonly string[]): boolean[] {
  let open: string | undefined;
  return lines.map((line) => {
    const fence = FENCE.exec(line)?.[1];
    if (open === undefined) {
      open = fence;
      return fence !== undefined;
    }
    if (fence === open) {
      open = undefined;
    }
    return true;
  });
}

/** Release pages keep line breaks that a file's reader does not see: an entry becomes one line again. */
function unwrapped(lines: readonly string[]): string[] {
  const inCode = fenced(lines);
  return lines.reduce<string[]>((whole, line, at) => {
    const continues = /^ {2,}\S/.test(line) && !/^\s*[-*] /.test(line) && !inCode[at] && !inCode[at - 1];
    if (continues && whole.at(-1)?.trim()) {
      return [...whole.slice(0, -1), `${whole.at(-1)} ${line.trim()}`];
    }
    return [...whole, line];
  }, []);
}

function absolute(lines: readonly string[], files: string): string[] {
  const inCode = fenced(lines);
  return lines.map((line, at) =>
    inCode[at] ? line : line.replace(/(\]\()(?![a-z][a-z0-9+.-]*:|#)(?:\.\/)?([^)\s]+\))/gi, `$1${files}/$2`),
  );
}
