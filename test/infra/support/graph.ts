import type { Declared, Run } from "./program.js";

/** Type and name without the provider's folders: `aws eks Cluster cluster`. */
function label({ type, name }: Pick<Declared, "type" | "name">): string {
  const [provider = "", module = "", kind = ""] = type.split(":");
  const short = module.split("/")[0] ?? "";
  return [...new Set([provider, short, kind])].filter((part) => part !== "index").join(" ") + ` ${name}`;
}

/** URNs that a resource needs: its dependencies and its provider. */
function needs({ dependencies, provider }: Declared): string[] {
  return provider === "" ? dependencies : [...dependencies, provider.split("::").slice(0, 4).join("::")];
}

/** The graph to read: each resource, and under it what must exist before it. Sorted, so that a diff shows what changed. */
export function drawing({ resources }: Run): string {
  const labels = new Map(resources.map((resource) => [resource.urn, label(resource)]));
  const blocks = resources.map((resource) => {
    const before = new Set(needs(resource).map((urn) => labels.get(urn) ?? urn));
    return [label(resource), ...[...before].sort().map((name) => `  after ${name}`)].join("\n");
  });
  return `${blocks.sort().join("\n")}\n`;
}

/** Everything that outlives a resource: what it needs, what that needs, and so on. */
export function outliving({ resources }: Run, resource: Declared): Set<Declared> {
  const byUrn = new Map(resources.map((r) => [r.urn, r]));
  const found = new Set<Declared>();
  const visit = (from: Declared) => {
    for (const urn of needs(from)) {
      const next = byUrn.get(urn);
      if (next === undefined || found.has(next)) {
        continue;
      }
      found.add(next);
      visit(next);
    }
  };
  visit(resource);
  return found;
}

/** The one resource of that type and name. */
export function find({ resources }: Run, type: string, name: string): Declared {
  const found = resources.find((r) => r.name === name && r.type.split(/[:/]/).at(-1) === type);
  if (found === undefined) {
    throw new Error(`no ${type} ${name} is declared`);
  }
  return found;
}

/** Resources of one provider's package, such as `aws`. */
export function ofPackage({ resources }: Run, name: string): Declared[] {
  return resources.filter(({ type }) => type.startsWith(`${name}:`));
}

/** Every value under a key, at any depth. */
export function valuesOf(tree: unknown, key: string): unknown[] {
  if (typeof tree !== "object" || tree === null) {
    return [];
  }
  return Object.entries(tree as Record<string, unknown>).flatMap(([name, value]) =>
    name === key ? [value] : valuesOf(value, key),
  );
}

/** Whether Pulumi keeps an input as a secret: it is then an object with this signature's key. */
export function isSecret(value: unknown): boolean {
  return (
    typeof value === "object" &&
    value !== null &&
    "4dabf18193072939515e22adb298388d" in value &&
    value["4dabf18193072939515e22adb298388d"] === "1b47061264138c4ac30d75fd1eb44270"
  );
}
