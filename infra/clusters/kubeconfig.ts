import { z } from "zod";

const named = z.looseObject({ name: z.string() });

const kubeconfigFile = z.looseObject({
  "current-context": z.string().optional(),
  clusters: z.array(named.extend({ cluster: z.looseObject({ server: z.string() }) })).default([]),
  contexts: z
    .array(named.extend({ context: z.looseObject({ cluster: z.string(), user: z.string() }) }))
    .default([]),
  users: z.array(named).default([]),
});

/** The parts of a kubeconfig file that matter here; everything else is kept as it is. */
export type Kubeconfig = z.infer<typeof kubeconfigFile>;

/** Checks the parsed content of a kubeconfig file. */
export function checkKubeconfig(content: unknown, path: string): Kubeconfig {
  const result = kubeconfigFile.safeParse(content ?? {});
  if (!result.success) throw new Error(`${path} is not a kubeconfig: ${result.error.message}`);
  return result.data;
}

/** One context of a kubeconfig and what identifies its cluster. */
export interface SelectedContext {
  cluster: string;
  /** URL of the API server. */
  server: string;
  kubeconfig: Kubeconfig;
}

/**
 * Cuts a kubeconfig down to one context, so that no other cluster's credentials go into the state.
 * Without a name it takes the current context. Throws when the context, its cluster or its user is missing.
 */
export function selectContext(all: Kubeconfig, name = all["current-context"]): SelectedContext {
  const known = all.contexts.map((c) => c.name).join(", ") || "none";
  if (name === undefined || name === "")
    throw new Error(`no context is chosen; the kubeconfig has: ${known}`);
  const context = find(all.contexts, name, `context (there is: ${known})`);
  const cluster = find(all.clusters, context.context.cluster, "cluster");
  const user = find(all.users, context.context.user, "user");
  return {
    cluster: cluster.name,
    server: cluster.cluster.server,
    kubeconfig: { ...all, "current-context": name, clusters: [cluster], contexts: [context], users: [user] },
  };
}

function find<T extends { name: string }>(list: T[], name: string, what: string): T {
  const found = list.find((item) => item.name === name);
  if (found === undefined) throw new Error(`the kubeconfig has no ${name} as a ${what}`);
  return found;
}
