/** Names of models and versions stand in addresses, metrics and logs. */
const NAME = /^[A-Za-z0-9_][A-Za-z0-9._-]*$/;

/** A folder that is left alone: a place to copy into before renaming, and what volumes keep for themselves. */
export function isHidden(name: string): boolean {
  return name.startsWith(".");
}

/** Why nothing is served under `name`, a `thing` such as "model": a whole sentence; undefined when it may be. */
export function nameProblem(thing: string, name: string): string | undefined {
  return NAME.test(name)
    ? undefined
    : `A ${thing} cannot be named '${shown(name)}': take letters from A to Z, digits, '.', '_' and '-', the first a letter, a digit or '_'.`;
}

const MOST_CHARACTERS = 100;

/** A name for people to read: what would not show, or would disturb what is around it, by its number. */
export function shown(name: string): string {
  const text = name.replace(/[\p{C}\p{Z}']/gu, (character) =>
    character === " " ? character : `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
  return text.length <= MOST_CHARACTERS ? text : `${text.slice(0, MOST_CHARACTERS)} …`;
}

const LONGEST_NAME = 255;

/** Whether `path`, with `/`, stays inside the folder that it is joined to, on every system, and names a file there. */
export function isInside(path: string): boolean {
  return path
    .split("/")
    .every(
      (part) =>
        part !== "" &&
        part !== "." &&
        part !== ".." &&
        part.length <= LONGEST_NAME &&
        !/[\\:\p{Cc}]/u.test(part),
    );
}
