import { describe, expect, it } from "vitest";

import { podsSchema } from "#infra/settings/pods.js";

function faults(settings: object): string[] {
  const { error } = podsSchema.safeParse(settings);
  return (error?.issues ?? []).map((issue) => {
    const inner = issue.code === "invalid_key" ? issue.issues[0]?.message : issue.message;
    return `${issue.path.join(".")} ${inner ?? ""}`;
  });
}

describe("pods", () => {
  it("are placed and marked by what Kubernetes takes", () => {
    expect(
      faults({
        nodeSelector: { "node.kubernetes.io/instance-type": "m7g.large", pool: "" },
        tolerations: [{ operator: "Exists" }, { key: "gpu", effect: "NoExecute", tolerationSeconds: 30 }],
        labels: { "example.com/team": "data" },
        annotations: { "example.com/note": "any text, of any length" },
      }),
    ).toEqual([]);
  });

  it("keep what the program says of them", () => {
    expect(
      faults({
        nodeSelector: { "kubernetes.io/arch": "arm64" },
        labels: { "app.kubernetes.io/name": "mine" },
      }),
    ).toEqual([
      "nodeSelector.kubernetes.io/arch follows from image.platform and cannot be set here",
      "labels.app.kubernetes.io/name is set by the program and cannot be set here",
    ]);
  });

  it("are refused where Kubernetes would refuse them", () => {
    expect(
      faults({
        labels: { "two words": "x", team: "two words" },
        tolerations: [{ value: "models" }, { key: "a", operator: "Exists", value: "b" }],
      }),
    ).toEqual([
      "tolerations.0.operator must be Exists where there is no key",
      "tolerations.1.value must not be set where operator is Exists",
      "labels.two words must be a key of Kubernetes",
      "labels.team must be a value of a label",
    ]);
  });
});
