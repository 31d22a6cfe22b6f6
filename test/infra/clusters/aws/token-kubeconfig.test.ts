import { describe, expect, it } from "vitest";

import { execKubeconfig } from "#infra/clusters/aws/token-kubeconfig.js";

const text = execKubeconfig({
  name: "prod",
  region: "eu-central-1",
  endpoint: "https://example.eks.amazonaws.com",
  certificateAuthority: "Y2E=",
});

describe("execKubeconfig", () => {
  it("asks the AWS CLI for a token each time", () => {
    const [user] = (JSON.parse(text) as { users: { user: { exec: { command: string; args: string[] } } }[] })
      .users;
    expect([user?.user.exec.command, ...(user?.user.exec.args ?? [])].join(" ")).toBe(
      "aws eks get-token --cluster-name prod --region eu-central-1 --output json",
    );
  });

  it("holds no credential", () => {
    expect(text).not.toMatch(/"token"|client-key|password/);
  });
});
