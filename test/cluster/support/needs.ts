import { spawnSync } from "node:child_process";

/** An image of moto's server, which answers S3: https://docs.getmoto.org/en/latest/docs/server_mode.html */
export const S3_IMAGE = process.env["S3_IMAGE"] ?? "motoserver/moto:5.2.1";

/** What the cluster tests cannot do without, and how its absence is seen. */
const NEEDS: Record<Need, [string, () => boolean]> = {
  pulumi: ["pulumi on the PATH", () => succeeds("pulumi", "version")],
  docker: ["a Docker daemon", () => succeeds("docker", "version")],
  cluster: ["KUBECONFIG", () => process.env["KUBECONFIG"] !== undefined],
  registry: ["REGISTRY, which this machine pushes to and the cluster pulls from", () => REGISTRY !== ""],
  store: [
    `the image ${S3_IMAGE}, or another that S3_IMAGE names`,
    () => succeeds("docker", "pull", S3_IMAGE),
  ],
};

type Need = "pulumi" | "docker" | "cluster" | "registry" | "store";

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
