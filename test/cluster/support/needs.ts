import { spawnSync } from "node:child_process";

/** What the cluster tests cannot do without, and how its absence is seen. */
const NEEDS: Record<Need, [string, () => boolean]> = {
  pulumi: ["pulumi on the PATH", () => succeeds("pulumi", "version")],
  docker: ["a Docker daemon", () => succeeds("docker", "version")],
  cluster: ["KUBECONFIG", () => process.env["KUBECONFIG"] !== undefined],
  registry: ["REGISTRY, which this machine pushes to and the cluster pulls from", () => REGISTRY !== ""],
};

type Need = "pulumi" | "docker" | "cluster" | "registry";

/** Host and port of the registry that the tests push to; empty if there is none. */
export const REGISTRY = process.env["REGISTRY"] ?? "";

/** What is missing here, in words; the tests that need it are skipped then. */
export function missingNeeds(needs: Need[] = ["pulumi", "docker", "cluster", "registry"]): string[] {
  return needs
    .map((need) => NEEDS[need])
    .filter(([, isMet]) => !isMet())
    .map(([name]) => name);
}

function succeeds(command: string, ...args: string[]): boolean {
  return spawnSync(command, args, { stdio: "ignore" }).status === 0;
}
