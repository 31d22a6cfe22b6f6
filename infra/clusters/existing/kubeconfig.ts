import { z } from "zod";

const named = z.looseObject({ name: z.string() });

const kubeconfigFile = z.looseObject({
  "current-context": z.string().optional(),
  clusters: z.array(named.extend({ cluster: z.looseObject({ server: z.string() }) })).default([]),
  contexts: z
    .array(named.extend({ context: z.looseObject({ cluster: z.string(), user: z.string() }) }))
    .default([]),
  users: z
    .array(
      named.extend({
        user: z.looseObject({ exec: z.looseObject({ command: z.string() }).optional() }).default({}),
      }),
    )
    .default([]),
});

/** The parts of a kubeconfig file that matter here; everything else is kept as it is. */
export type Kubeconfig = z.infer<typeof kubeconfigFile>;

/** Checks the parsed content of a kubeconfig file; throws with the file's path and the first fault. */
export function checkKubeconfig(content: unknown, path: string): Kubeconfig {
  const result = kubeconfigFile.safeParse(content ?? {});
  if (result.success) {
    return result.data;
  }
  const fault = result.error.issues.map((issue) => `${issue.path.join(".")} ${issue.message}`)[0] ?? "";
  throw new Error(`${path} is not a kubeconfig: ${fault}.`);
}

/** Several kubeconfig files as one: of the same name, and of the current context, the first counts, as for kubectl. */
export function merge(files: readonly Kubeconfig[]): Kubeconfig {
  const all = Object.assign({}, ...[...files].reverse()) as Kubeconfig;
  return {
    ...all,
    "current-context": files.map((file) => file["current-context"]).find((name) => name),
    clusters: firstByName(files.flatMap(({ clusters }) => clusters)),
    contexts: firstByName(files.flatMap(({ contexts }) => contexts)),
    users: firstByName(files.flatMap(({ users }) => users)),
  };
}

function firstByName<T extends { name: string }>(entries: readonly T[]): T[] {
  return [...new Map([...entries].reverse().map((entry) => [entry.name, entry])).values()].reverse();
}

/**
 * Cuts a kubeconfig down to one context, so that no other cluster's credentials go into the state.
 * Without a name it takes the current context. Throws when the context, its cluster or its user is missing.
 */
export function selectContext(all: Kubeconfig, name = all["current-context"] ?? ""): Kubeconfig {
  const context = all.contexts.find((c) => c.name === name);
  if (context === undefined) {
    const known = all.contexts.map((c) => c.name).join(", ") || "none";
    const wanted = name === "" ? "current context" : `context ${name}`;
    throw new Error(`The kubeconfig has no ${wanted}. Its contexts are: ${known}.`);
  }
  const cluster = find(all.clusters, context.context.cluster, "cluster");
  const user = find(all.users, context.context.user, "user");
  return {
    ...all,
    "current-context": context.name,
    clusters: [cluster],
    contexts: [context],
    users: [user],
  };
}

function find<T extends { name: string }>(list: T[], name: string, what: string): T {
  const found = list.find((item) => item.name === name);
  if (found === undefined) {
    throw new Error(`The kubeconfig has no ${what} ${name}.`);
  }
  return found;
}
