import { describe, expect, it } from "vitest";

import { type AwsConfig, parseAwsConfig } from "#infra/settings/aws-config.js";
import { parseSettings } from "#infra/settings/settings.js";

const ROLE = "arn:aws:iam::123456789012:role/deployer";

/** The namespace `aws:` as Pulumi hands it over, beside a stack's own settings. */
function parse(aws: Record<string, unknown>, eks: object = {}): AwsConfig {
  const settings = { region: "eu-central-1", apiAccess: "nobody", ...eks };
  const record = Object.fromEntries(
    Object.entries(aws).map(([key, value]) => [
      `aws:${key}`,
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
  );
  const own = { "ai-model-service:cluster": "eks", "ai-model-service:eks": JSON.stringify(settings) };
  return parseAwsConfig({ ...own, ...record }, parseSettings(own).eks);
}

describe("the configuration of AWS's provider", () => {
  it.each([
    ["profile", "work"],
    ["profile", "123"],
    ["assumeRoles", [{ roleArn: ROLE, sessionName: "up" }]],
    ["assumeRole", { roleArn: ROLE }],
    ["allowedAccountIds", ["123456789012"]],
    ["forbiddenAccountIds", ["123456789012"]],
    ["endpoints", [{ ec2: "https://ec2.test", eks: "https://eks.test" }]],
    ["defaultTags", { tags: { team: "digits" } }],
    ["ignoreTags", { keyPrefixes: ["cost:"] }],
    ["maxRetries", 10],
    ["retryMode", "adaptive"],
    ["skipMetadataApiCheck", true],
    ["region", "eu-central-1"],
  ])("takes %s", (key, value) => {
    expect(parse({ [key]: value })).toEqual({ [key]: value });
  });

  it("takes accounts that Pulumi made numbers of", () => {
    expect(parse({ allowedAccountIds: [123456789012] })).toEqual({ allowedAccountIds: ["123456789012"] });
  });

  it.each([
    ["accessKey", "AKIA", "aws:accessKey is not taken, since kubectl needs the same credentials"],
    ["token", "t", "aws:token is not taken"],
    ["assumeRoleWithWebIdentity", { roleArn: ROLE }, "AWS_ROLE_ARN and AWS_WEB_IDENTITY_TOKEN_FILE"],
    ["sharedConfigFiles", ["/etc/aws"], "aws:sharedConfigFiles is not taken"],
    ["s3UsePathStyle", true, "aws:s3UsePathStyle is not a setting of AWS's provider that the program takes"],
    ["assumeRoles", [{ roleArn: ROLE, externalId: "x" }], "aws:assumeRoles.0.externalId is not taken"],
    ["assumeRoles", [{ roleArn: ROLE }, { roleArn: ROLE }], "aws:assumeRoles must be one role"],
    ["assumeRoles", [], "aws:assumeRoles must be one role"],
    ["allowedAccountIds", ["12"], "aws:allowedAccountIds.0 must be the twelve digits of an AWS account"],
    [
      "defaultTags",
      { tags: { Project: "x" } },
      "aws:defaultTags.tags.Project is a tag that the program sets",
    ],
    ["region", "us-east-1", "aws:region must be ai-model-service:eks.region, which is eu-central-1"],
  ])("refuses %s by name: %j", (key, value, message) => {
    expect(() => parse({ [key]: value })).toThrow(message);
  });

  it("shows what it refuses, but no secret", () => {
    expect(() => parse({ maxRetries: "many" })).toThrow('aws:maxRetries must be a number, not "many".');
    const eks = parseSettings({ "ai-model-service:cluster": "local" }).eks;
    const hidden = () => parseAwsConfig({ "aws:maxRetries": "many" }, eks, ["maxRetries"]);
    expect(hidden).toThrow("aws:maxRetries must be a number.");
  });

  it("shows no credential that it refuses", () => {
    expect(() => parse({ secretKey: "hidden" })).not.toThrow("hidden");
  });

  it("does not take what would get around the account", () => {
    const eks = { account: "123456789012" };
    expect(parse({ allowedAccountIds: ["123456789012", "210987654321"] }, eks)).toBeDefined();
    expect(() => parse({ allowedAccountIds: ["210987654321"] }, eks)).toThrow(
      "aws:allowedAccountIds must hold ai-model-service:eks.account, which is 123456789012",
    );
    expect(() => parse({ forbiddenAccountIds: ["210987654321"] }, eks)).toThrow("aws:forbiddenAccountIds");
    expect(() => parse({ skipRequestingAccountId: true }, eks)).toThrow("aws:skipRequestingAccountId");
    expect(parse({ skipRequestingAccountId: true })).toEqual({ skipRequestingAccountId: true });
  });

  it("reports every fault", () => {
    expect(() => parse({ accessKey: "a", secretKey: "b" })).toThrow(/aws:accessKey[^]*aws:secretKey/);
  });
});
