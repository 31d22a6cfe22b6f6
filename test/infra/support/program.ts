import * as pulumi from "@pulumi/pulumi";
import type { RegisterResourceRequest, RegisterResourceResponse } from "@pulumi/pulumi/proto/resource_pb.js";
import type { MockMonitor } from "@pulumi/pulumi/runtime/mocks.js";
import { deserializeProperties } from "@pulumi/pulumi/runtime/rpc.js";
import structs from "google-protobuf/google/protobuf/struct_pb.js";
import { vi } from "vitest";

import { answer, computed } from "./computed.js";

type Values = Record<string, unknown>;

/** A resource that the program declared, with its inputs as plain data. */
export interface Declared {
  type: string;
  name: string;
  /** Secrets as Pulumi marks them. */
  inputs: Values;
  /** Reference of the explicit provider; empty if there is none. */
  provider: string;
  /** URN, as the resources after it name it. */
  urn: string;
  /** URNs of what must exist before it. */
  dependencies: string[];
  /** URN of the resource whose end is also its own. */
  deletedWith: string;
  /** Whether Pulumi refuses to delete it. */
  protect: boolean;
  /** Names of inputs that stay as they were when it was made. */
  ignoreChanges: string[];
  /** Types under which a stack may know the resource from before. */
  formerTypes: string[];
  /** How long Pulumi waits for it, where that is said. */
  timeouts: { create: string; update: string; delete: string } | undefined;
  /** Names of what the program does before it is created or updated. */
  hooks: { beforeCreate: string[]; beforeUpdate: string[] };
  /** Names of outputs that are kept secret beside those that come from secret inputs. */
  secretOutputs: string[];
}

/** What the program declared and exported. */
export interface Run {
  resources: Declared[];
  outputs: Values;
  /** Names of the outputs that are secret. */
  secrets: string[];
  /** The only resource of a type, by the type's last word: `Deployment`. */
  only(type: string): Declared;
}

/** Settings by full key or within the program's namespace; objects become JSON as Pulumi hands them over. */
export type StackSettings = Values;

const PROJECT = "ai-model-service";

export { DIGEST } from "./computed.js";

/** Runs the whole program as Pulumi would, against mocks and a network where everybody answers. In a preview what providers compute is not known; `secret` are the sections of the settings that hold secrets. */
export async function runProgram(
  settings: StackSettings,
  { preview = false, stack = "test", secret = [] as readonly string[] } = {},
): Promise<Run> {
  const resources: Declared[] = [];
  pulumi.runtime.setAllConfig(
    configuration(settings),
    secret.map((key) => (key.includes(":") ? key : `${PROJECT}:${key}`)),
  );
  await pulumi.runtime.setMocks(
    {
      // What is read has an id already; of an object of Kubernetes that is its name.
      newResource: ({ type, name, inputs, id }) => ({
        id: preview ? undefined : id || `${name}-id`,
        state: preview
          ? (inputs as Values)
          : computed(type, name, id ? { metadata: { name: id } } : (inputs as Values)),
      }),
      call: ({ token, inputs }) => answer(token, inputs as Values),
    },
    PROJECT,
    stack,
    preview,
  );
  // A stack to belong to, as Pulumi makes one: what holds for all its resources is told to it.
  await pulumi.runtime.runInPulumiStack(() => Promise.resolve(undefined));
  recordRegistrations(resources);
  vi.resetModules();
  const network = vi.spyOn(globalThis, "fetch").mockResolvedValue(new Response());
  const exported: Values = (await import("#infra/index.js")).default;
  await pulumi.runtime.disconnect();
  network.mockRestore();
  return {
    resources,
    outputs: await resolved(exported),
    secrets: await secretsOf(exported),
    only: (type) => onlyOf(resources, type),
  };
}

/** Keeps what is declared to the mocks that were just set. */
function recordRegistrations(resources: Declared[]): void {
  const monitor = pulumi.runtime.getMonitor() as unknown as MockMonitor;
  const register = monitor.registerResource.bind(monitor);
  // Real engines call hooks; mocks do not know them.
  Object.assign(monitor, {
    registerResourceHook: (_: unknown, done: (error: null, response: object) => void) => done(null, {}),
  });
  monitor.registerResource = (request: RegisterResourceRequest, callback) =>
    register(request, (error: unknown, response: RegisterResourceResponse | undefined) => {
      if (response !== undefined) {
        resources.push(declaredBy(request, response.getUrn()));
      }
      callback(error, response);
    });
}

function declaredBy(request: RegisterResourceRequest, urn: string): Declared {
  return {
    urn,
    type: request.getType(),
    name: request.getName(),
    inputs: deserializeProperties(request.getObject() ?? new structs.Struct()),
    provider: request.getProvider(),
    dependencies: request.getDependenciesList(),
    deletedWith: request.getDeletedwith(),
    protect: request.getProtect() ?? false,
    ignoreChanges: request.getIgnorechangesList(),
    formerTypes: request.getAliasesList().flatMap((alias) => alias.getSpec()?.getType() ?? []),
    timeouts: timeoutsOf(request),
    hooks: {
      beforeCreate: request.getHooks()?.getBeforeCreateList() ?? [],
      beforeUpdate: request.getHooks()?.getBeforeUpdateList() ?? [],
    },
    secretOutputs: request.getAdditionalsecretoutputsList(),
  };
}

function timeoutsOf(request: RegisterResourceRequest): Declared["timeouts"] {
  const timeouts = request.getCustomtimeouts();
  return (
    timeouts && {
      create: timeouts.getCreate(),
      update: timeouts.getUpdate(),
      delete: timeouts.getDelete(),
    }
  );
}

function configuration(settings: StackSettings): Record<string, string> {
  return Object.fromEntries(
    Object.entries(settings).map(([key, value]) => [
      key.includes(":") ? key : `${PROJECT}:${key}`,
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
  );
}

function onlyOf(resources: Declared[], type: string): Declared {
  const found = resources.filter((r) => r.type.split(/[:/]/).slice(-1)[0] === type);
  if (found.length !== 1 || found[0] === undefined) {
    throw new Error(`${found.length} resources are a ${type}`);
  }
  return found[0];
}

async function resolved(exported: Values): Promise<Values> {
  const entries = Object.entries(exported).map(
    async ([name, value]) => [name, await promised(value)] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}

async function secretsOf(exported: Values): Promise<string[]> {
  const entries = Object.entries(exported).map(async ([name, value]) => {
    const output = pulumi.output(value) as pulumi.Output<unknown> & { isSecret: Promise<boolean> };
    return (await output.isSecret) ? [name] : [];
  });
  return (await Promise.all(entries)).flat();
}

/** An output's value; undefined where a preview does not know it. */
function promised(value: unknown): Promise<unknown> {
  return new Promise((resolve) => {
    const output = pulumi.output(value) as pulumi.Output<unknown> & { isKnown: Promise<boolean> };
    void output.isKnown.then((known) => (known ? output.apply(resolve) : resolve(undefined)));
  });
}
