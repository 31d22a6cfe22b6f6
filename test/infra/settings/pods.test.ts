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

  const configMap = "a";

  it("have volumes where nothing else is", () => {
    const volumes = [
      { name: "ca", path: "/etc/ssl/company", configMap },
      { name: "license", path: "/var/run/license", secret: "license" },
      { name: "data", path: "/data", claim: "data", readOnly: true },
      { name: "below", path: "/data/.scratch", emptyDir: { sizeLimit: "1Gi" } },
    ];
    expect(faults({ volumes })).toEqual([]);
  });

  it.each([
    ["/models", "would hide what is in /models"],
    ["/models/mine", "would hide what is in /models"],
    ["/etc/keys/mine", "would hide what is in /etc/keys"],
    ["/etc", "would hide what is in /etc"],
    ["/app/service/models", "would hide what is in /app"],
    ["/usr/local", "would hide what is in /usr"],
    ["/var/run", "would hide what is in /var/run"],
    ["/modelsmine", undefined],
    ["/", "must be an absolute path, without a / at its end and without . or .."],
    ["data", "must be an absolute path, without a / at its end and without . or .."],
    ["/data/", "must be an absolute path, without a / at its end and without . or .."],
    ["/data/../etc", "must be an absolute path, without a / at its end and without . or .."],
    ["/a:b", "must be an absolute path, without a / at its end and without . or .."],
  ])("may have a volume at %s or not", (path, fault) => {
    expect(faults({ volumes: [{ name: "a", path, configMap }] })).toEqual(
      fault === undefined ? [] : [`volumes.0.path ${fault}`],
    );
  });

  it("have volumes of one source each, which no other is mistaken for", () => {
    expect(
      faults({
        volumes: [
          { name: "a", path: "/a" },
          { name: "b", path: "/b", claim: "b", secret: "b" },
          { name: "c", path: "/c", secret: "c", readOnly: false },
        ],
      }),
    ).toEqual([
      "volumes.0 must have one of claim, secret, configMap, emptyDir",
      "volumes.1 must have one of claim, secret, configMap, emptyDir",
      "volumes.2.readOnly applies only to a claim: a secret and a configMap are always read-only, an emptyDir never",
    ]);
    expect(
      faults({
        volumes: [
          { name: "a", path: "/a", configMap },
          { name: "a", path: "/a", configMap },
        ],
      }),
    ).toEqual(["volumes.1.name is another volume's too", "volumes.1.path is another volume's too"]);
    expect(faults({ volumes: [{ name: "keys", path: "/a", configMap }] })).toEqual([
      "volumes.0.name is the name of a volume of the program's own",
    ]);
  });
});
