import { CoreV1Api, Exec, type KubeConfig } from "@kubernetes/client-node";

/** Has the first process of a container end, in every pod of a namespace; Kubernetes starts it again. */
export async function endContainers(config: KubeConfig, namespace: string, container: string): Promise<void> {
  const { items } = await config.makeApiClient(CoreV1Api).listNamespacedPod({ namespace });
  const command = ["node", "--eval", 'process.kill(1, "SIGTERM")'];
  for (const { metadata } of items) {
    const pod = metadata?.name ?? "";
    await new Exec(config).exec(namespace, pod, container, command, null, process.stderr, null, false);
  }
}
