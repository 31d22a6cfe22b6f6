/** Where a person may have put a secret: free text that a provider or a container is given. Names, sizes and ports are none. */
const FREE_TEXT: Readonly<Record<string, readonly string[]>> = {
  registry: ["username", "password"],
  service: ["environment", "secretEnvironment", "keys"],
  monitoring: ["receivers", "stackValues", "adapterValues"],
};

/** What is said beside a secret and is none: sealed wherever it stands, it would hide the names of half the resources. */
const PLAIN_PROPERTIES = new Set(["name", "role", "severity"]);

/**
 * The texts that must stay secret where the sections `secret` of a stack's settings are: Pulumi keeps the values of a
 * section encrypted one by one, but tells a program only that there is a secret somewhere in it.
 */
export function secretTexts(
  settings: Readonly<Record<string, unknown>>,
  secret: readonly string[],
): string[] {
  const parts = secret.flatMap((section) =>
    (FREE_TEXT[section] ?? []).map((name) => at(settings[section], name)),
  );
  return [...new Set(parts.flatMap(textsIn))].filter((text) => text !== "");
}

function at(section: unknown, name: string): unknown {
  return typeof section === "object" && section !== null
    ? (section as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

/** Every text in a value. */
export function textsIn(value: unknown): string[] {
  if (typeof value === "string") {
    return [value];
  }
  if (typeof value !== "object" || value === null) {
    return [];
  }
  return Object.entries(value).flatMap(([name, inner]) => (PLAIN_PROPERTIES.has(name) ? [] : textsIn(inner)));
}
