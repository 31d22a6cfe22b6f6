import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";

import { find } from "../support/graph.js";
import { KUBE_SYSTEM_UID } from "../support/computed.js";
import { kubeconfigFile } from "../support/kubeconfig.js";
import { runProgram } from "../support/program.js";

const image = { reference: `registry.test/service@sha256:${"1".repeat(64)}` };

describe("an existing cluster", () => {
  it("is the one of the context that is named", async () => {
    const run = await runProgram({
      cluster: "existing",
      existing: { kubeconfig: kubeconfigFile(), context: "there" },
      image,
    });
    expect(JSON.stringify(find(run, "kubernetes", "cluster").inputs)).toContain("https://192.0.2.77:6443");
  });

  it("is known by the UID of its oldest namespace, whatever its address", async () => {
    const existing = { kubeconfig: kubeconfigFile() };
    const run = await runProgram({ cluster: "existing", existing, image });
    expect(find(run, "kubernetes", "cluster").inputs).toHaveProperty("clusterIdentifier", KUBE_SYSTEM_UID);
  });

  it("is known by a name where the settings give one, and then asked for nothing", async () => {
    const existing = { kubeconfig: kubeconfigFile(), name: "staging" };
    const run = await runProgram({ cluster: "existing", existing, image });
    expect(run.only("kubernetes").inputs).toHaveProperty("clusterIdentifier", "staging");
    expect(run.resources.filter(({ name }) => name === "identity")).toEqual([]);
  });

  it("needs a kubeconfig, and the error says where it was looked for", async () => {
    const existing = { kubeconfig: "/nowhere/config" };
    await expect(runProgram({ cluster: "existing", existing, image })).rejects.toThrow(
      "ai-model-service:existing.kubeconfig: The file /nowhere/config does not exist.",
    );
  });

  it("with a context that is not there is one clear sentence, without a stack", async () => {
    const existing = { kubeconfig: kubeconfigFile(), context: "elsewhere" };
    const run = runProgram({ cluster: "existing", existing, image });
    await expect(run).rejects.toSatisfy((error) => pulumi.RunError.isInstance(error));
    await expect(run).rejects.toThrow(
      "The kubeconfig has no context elsewhere. Its contexts are: here, there.",
    );
  });
});
