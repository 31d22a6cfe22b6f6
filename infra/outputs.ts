import type * as pulumi from "@pulumi/pulumi";

/** A stack's outputs, without those that it does not have: Pulumi warns of each of them. */
export function stackOutputs<T extends Record<string, pulumi.Input<unknown>>>(outputs: T): Partial<T> {
  const present = Object.entries(outputs).filter(([, value]) => value !== undefined);
  return Object.fromEntries(present) as Partial<T>;
}
