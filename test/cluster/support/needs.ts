import { spawnSync } from "node:child_process";

/** What the cluster tests cannot do without, and how its absence is seen. */
const NEEDS: [string, () => boolean][] = [
  ["pulumi on the PATH", () => succeeds("pulumi", "version")],
  ["a Docker daemon", () => succeeds("docker", "version")],
  ["KUBECONFIG", () => process.env["KUBECONFIG"] !== undefined],
  ["REGISTRY, which this machine pushes to and the cluster pulls from", () => REGISTRY !== ""],
];

/** Host and port of the registry that the tests push to; empty if there is none. */
export const REGISTRY = process.env["REGISTRY"] ?? "";

/** What is missing here, in words; the tests that need it are skipped then. */
export function missingNeeds(): string[] {
  return NEEDS.filter(([, isMet]) => !isMet()).map(([name]) => name);
}

function succeeds(command: string, ...args: string[]): boolean {
  return spawnSync(command, args, { stdio: "ignore" }).status === 0;
}
