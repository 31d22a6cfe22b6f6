import * as pulumi from "@pulumi/pulumi";
import type { MockResourceArgs } from "@pulumi/pulumi/runtime/mocks.js";
import { vi } from "vitest";

/** A resource that the program declared, with its inputs as plain data. */
export interface Declared extends MockResourceArgs {
  inputs: Record<string, unknown>;
}

/** What the program declared and exported. */
export interface Run {
  resources: Declared[];
  outputs: Record<string, unknown>;
  /** The only resource of a type, by the type's last word: `Deployment`. */
  only(type: string): Declared;
}

/** Settings by full key or within the program's namespace; objects become JSON as Pulumi hands them over. */
export type StackSettings = Record<string, unknown>;

const PROJECT = "ai-model-service";

/** An image name with the digest that mocked builds get. */
export const DIGEST = `sha256:${"d".repeat(64)}`;

/** Runs the whole program as Pulumi would, against mocks. In a preview what providers compute is not known. */
export async function runProgram(settings: StackSettings, { preview = false } = {}): Promise<Run> {
  const resources: Declared[] = [];
  const newResource = (args: MockResourceArgs) => {
    const declared: Declared = args;
    resources.push(declared);
    return {
      id: preview ? undefined : `${args.name}-id`,
      state: preview ? declared.inputs : computed(declared),
    };
  };
  pulumi.runtime.setAllConfig(configuration(settings));
  await pulumi.runtime.setMocks(
    { newResource, call: ({ inputs }) => inputs as Record<string, unknown> },
    PROJECT,
    "test",
    preview,
  );
  vi.resetModules();
  const exported = (await import("../../../infra/index.js")) as Record<string, unknown>;
  await pulumi.runtime.disconnect();
  return { resources, outputs: await resolved(exported), only: (type) => onlyOf(resources, type) };
}

function configuration(settings: StackSettings): Record<string, string> {
  return Object.fromEntries(
    Object.entries(settings).map(([key, value]) => [
      key.includes(":") ? key : `${PROJECT}:${key}`,
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
  );
}

/** Inputs, and what the provider would add. */
function computed({ type, inputs }: Declared): Record<string, unknown> {
  switch (type) {
    case "docker:index/image:Image":
      return { ...inputs, repoDigest: `${String(inputs["imageName"]).replace(/:[^:/]+$/, "")}@${DIGEST}` };
    case "kubernetes:core/v1:Service":
      return { ...inputs, status: { loadBalancer: { ingress: [{ ip: "192.0.2.1" }] } } };
    default:
      return inputs;
  }
}

function onlyOf(resources: Declared[], type: string): Declared {
  const found = resources.filter((r) => r.type.split(/[:/]/).slice(-1)[0] === type);
  if (found.length !== 1 || found[0] === undefined)
    throw new Error(`${found.length} resources are a ${type}`);
  return found[0];
}

async function resolved(exported: Record<string, unknown>): Promise<Record<string, unknown>> {
  const entries = Object.entries(exported).map(
    async ([name, value]) => [name, await promised(value)] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}

/** An output's value; undefined where a preview does not know it. */
function promised(value: unknown): Promise<unknown> {
  return new Promise((resolve) => {
    const output = pulumi.output(value) as pulumi.Output<unknown> & { isKnown: Promise<boolean> };
    void output.isKnown.then((known) => (known ? output.apply(resolve) : resolve(undefined)));
  });
}
