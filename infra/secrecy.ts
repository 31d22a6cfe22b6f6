import * as pulumi from "@pulumi/pulumi";

/**
 * Has every text of `texts` stay secret in the inputs of every resource that is declared from now on, wherever the program
 * passes it: encrypted in the state, hidden in previews.
 */
export function keepSecret(texts: readonly string[]): void {
  if (texts.length === 0) {
    return;
  }
  const hidden = new Set(texts);
  pulumi.runtime.registerStackTransformation(({ props, opts }) => ({
    props: sealed(props, hidden) as Record<string, unknown>,
    opts,
  }));
}

/** The same value with its secret texts sealed. What is computed by Pulumi carries its own secrecy. */
function sealed(value: unknown, hidden: ReadonlySet<string>): unknown {
  if (typeof value === "string") {
    return hidden.has(value) ? pulumi.secret(value) : value;
  }
  if (Array.isArray(value)) {
    return value.map((item) => sealed(item, hidden));
  }
  if (!isPlain(value)) {
    return value;
  }
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, sealed(inner, hidden)]));
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
