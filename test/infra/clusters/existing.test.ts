import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";

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
    expect(run.only("kubernetes").inputs).toHaveProperty("clusterIdentifier", "https://192.0.2.77:6443");
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
