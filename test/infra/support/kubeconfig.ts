import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { onTestFinished } from "vitest";

/** Two contexts on two clusters, as a person's kubeconfig often has. */
export const TWO_CLUSTERS = `
current-context: here
contexts:
  - { name: here, context: { cluster: mine, user: me } }
  - { name: there, context: { cluster: theirs, user: them, namespace: shop } }
clusters:
  - { name: mine, cluster: { server: "https://192.0.2.9:6443" } }
  - { name: theirs, cluster: { server: "https://192.0.2.77:6443" } }
users:
  - { name: me, user: { token: my-token } }
  - { name: them, user: { token: their-token } }
`;

/** A kubeconfig file for the length of one test; its path. */
export function kubeconfigFile(content = TWO_CLUSTERS): string {
  const folder = mkdtempSync(join(tmpdir(), "kubeconfig-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "config");
  writeFileSync(path, content);
  return path;
}
