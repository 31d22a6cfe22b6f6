import { describe, expect, it } from "vitest";

import { settingsSchema } from "#infra/settings/settings.js";
import { find, outliving, valuesOf } from "../../support/graph.js";
import { runProgram, type Run } from "../../support/program.js";
import { PREBUILT, STACKS } from "../../support/stacks.js";

function run(eks: object, more: object = {}): Promise<Run> {
  const settings = STACKS.prod();
  return runProgram({ ...settings, monitoring: { mode: "none" }, eks: { ...settings.eks, ...eks }, ...more });
}

/** The values that a pool's nodes may have, by the last part of the label. */
function requirements(made: Run, pool: string): Record<string, unknown> {
  const [list] = valuesOf(find(made, "NodePool", pool).inputs, "requirements") as [
    { key: string; values: string[] }[],
  ];
  return Object.fromEntries<unknown>(list.map(({ key, values }) => [key.split("/")[1] ?? "", values]));
}

function faults(eks: object): string[] {
  const { error } = settingsSchema.safeParse({ ...STACKS.prod(), eks: { ...STACKS.prod().eks, ...eks } });
  return (error?.issues ?? []).map(({ path, message }) => `${path.join(".")} ${message}`);
}

describe("nodes on AWS", () => {
  it("are on demand, of the usual categories and without a limit, unless the settings say otherwise", async () => {
    const made = await run({});
    expect(requirements(made, "node-pool")).toMatchObject({
      "capacity-type": ["on-demand"],
      "instance-category": ["c", "m", "r"],
      arch: ["amd64"],
    });
    expect(made.only("NodePool").inputs).not.toHaveProperty("spec.limits");
  });

  it("are of Spot, for an image of both architectures, within limits", async () => {
    const nodes = {
      capacityTypes: ["spot", "on-demand"],
      categories: ["c"],
      maxCpu: "64",
      maxMemory: "256Gi",
    };
    const image = { reference: PREBUILT, platform: ["linux/amd64", "linux/arm64"] };
    const made = await run({ nodes }, { image });
    expect(requirements(made, "node-pool")).toMatchObject({
      "capacity-type": ["spot", "on-demand"],
      "instance-category": ["c"],
      arch: ["amd64", "arm64"],
    });
    expect(made.only("NodePool").inputs).toHaveProperty("spec.limits", { cpu: "64", memory: "256Gi" });
    expect(find(made, "Deployment", "inference").inputs).toHaveProperty("spec.template.spec.affinity");
  });

  it("with a GPU are a pool of their own, whose taint only pods with a GPU put up with", async () => {
    const nodes = { gpuCategories: ["g", "p"], maxGpus: 8 };
    const made = await run({ nodes, tags: { team: "digits" } }, { resources: { gpu: 1 } });
    const pool = find(made, "NodePool", "gpu-node-pool");
    expect(requirements(made, "gpu-node-pool")).toEqual({
      "capacity-type": ["on-demand"],
      "instance-category": ["g", "p"],
      "instance-gpu-manufacturer": ["nvidia"],
      arch: ["amd64"],
    });
    const taints = [{ key: "nvidia.com/gpu", effect: "NoSchedule" }];
    expect(pool.inputs).toMatchObject({
      spec: { limits: { "nvidia.com/gpu": "8" }, template: { spec: { taints } } },
    });
    // Their instances, volumes and network interfaces carry the tags of the one class.
    expect(pool.inputs).toHaveProperty("spec.template.spec.nodeClassRef.name", "workloads");
    expect(made.only("NodeClass").inputs).toHaveProperty("spec.tags.team", "digits");
    const service = find(made, "Deployment", "inference");
    expect(outliving(made, service)).toContain(pool);
    expect(valuesOf(service.inputs, "tolerations")).toEqual([
      [{ key: "nvidia.com/gpu", operator: "Exists", effect: "NoSchedule" }],
    ]);
    expect(find(made, "Image", "service").inputs).toHaveProperty("build.args.VARIANT", "cuda");
  });

  it("are refused where none would be made so", () => {
    expect(faults({ nodes: { maxGpus: 2 } })).toEqual([
      "eks.nodes must not have gpuCategories or maxGpus without resources.gpu, since no node with a GPU is made then",
    ]);
    const twice = { capacityTypes: ["spot", "spot"], categories: [] };
    expect(faults({ nodes: { ...twice, maxCpu: "many" } })).toEqual([
      "eks.nodes.capacityTypes must be on-demand, spot or both, each once",
      "eks.nodes.categories must be some of c, m, r and t, each once",
      "eks.nodes.maxCpu must be a CPU quantity such as 64",
    ]);
  });
});
