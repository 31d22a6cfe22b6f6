import { describe, expect, it } from "vitest";

import { execKubeconfig } from "#infra/clusters/aws/token-kubeconfig.js";

const ACCESS = {
  name: "prod",
  region: "eu-central-1",
  endpoint: "https://example.eks.amazonaws.com",
  certificateAuthority: "Y2E=",
};

const text = execKubeconfig(ACCESS);

function commandOf(kubeconfig: string): string {
  const { users } = JSON.parse(kubeconfig) as {
    users: { user: { exec: { command: string; args: string[] } } }[];
  };
  const { command = "", args = [] } = users[0]?.user.exec ?? {};
  return [command, ...args].join(" ");
}

describe("execKubeconfig", () => {
  it("asks the AWS CLI for a token each time", () => {
    expect(commandOf(text)).toBe("aws eks get-token --cluster-name prod --region eu-central-1 --output json");
  });

  it("asks as whom the program is to AWS", () => {
    const roleArn = "arn:aws:iam::123456789012:role/deployer";
    expect(commandOf(execKubeconfig({ ...ACCESS, profile: "work", roleArn }))).toMatch(
      / --profile work --role-arn arn:aws:iam::123456789012:role\/deployer$/,
    );
  });

  it("holds no credential", () => {
    expect(text).not.toMatch(/"token"|client-key|password/);
  });
});
