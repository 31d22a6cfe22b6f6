import type * as pulumi from "@pulumi/pulumi";

/** What Helm writes of a release while it works on it; whoever was killed then has left it so. */
const INTERRUPTED = ["pending-install", "pending-upgrade", "pending-rollback"];

const RELEASE = "kubernetes:helm.sh/v3:Release";

/**
 * Has Helm begin anew where an update of the stack was killed. Helm refuses a release for as long as its record says that
 * somebody is at work on it. Pulumi lets only one update of a stack run, so nobody is. Once the record is gone, Helm takes over
 * what was made under the same name.
 */
export function beginAnew(kubeconfig: pulumi.Output<string>): pulumi.ResourceTransformation {
  const forget: pulumi.ResourceHookFunction = async ({ newInputs = {} }) => {
    const text = await new Promise<string>((resolve) => kubeconfig.apply(resolve));
    await forgetInterrupted(text, newInputs as { name: string; namespace: string });
  };
  const hooks = { beforeCreate: [forget], beforeUpdate: [forget] };
  return ({ type, props, opts }) => (type === RELEASE ? { props, opts: { ...opts, hooks } } : undefined);
}

/** Removes the record that Helm keeps of a release, if it was interrupted. */
export async function forgetInterrupted(
  kubeconfig: string,
  { name, namespace }: { name: string; namespace: string },
): Promise<void> {
  // Not before there is something to ask: it takes longer to load than the rest of the program.
  const { CoreV1Api, KubeConfig } = await import("@kubernetes/client-node");
  const config = new KubeConfig();
  config.loadFromString(kubeconfig);
  await config.makeApiClient(CoreV1Api).deleteCollectionNamespacedSecret({
    namespace,
    labelSelector: `owner=helm,name=${name},status in (${INTERRUPTED.join(",")})`,
  });
}
