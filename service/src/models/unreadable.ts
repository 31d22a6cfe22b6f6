import { messageOf } from "../server/errors.js";

const WORDS: Readonly<Record<string, string>> = {
  EACCES: "the server's user may not read it",
  EPERM: "the server's user may not read it",
  ELOOP: "its symbolic links lead in a circle",
  EISDIR: "it is a folder",
  ENOENT: "it is not there, or a link to what is not there",
};

/** Why `thing`, such as "config.json", cannot be read: a whole sentence without a path. */
export function unreadable(thing: string, error: unknown): string {
  const code = codeOf(error);
  return `${thing} cannot be read: ${code === undefined ? messageOf(error) : (WORDS[code] ?? code)}.`;
}

export function isMissing(error: unknown): boolean {
  return codeOf(error) === "ENOENT";
}

/** The system's name of an error, such as ENOENT; those that are cut short by a signal have a number instead. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
