import { describe, expect, it } from "vitest";

import { parseSettings } from "#infra/settings/settings.js";

function check(eks: object): () => unknown {
  return () =>
    parseSettings({ "ai-model-service:cluster": "eks", "ai-model-service:eks": JSON.stringify(eks) });
}

const complete = { region: "eu-central-1", apiAccess: ["203.0.113.0/24"] };

describe("eks", () => {
  it("takes a region and who reaches the API server", () => {
    expect(check(complete)).not.toThrow();
    expect(check({ ...complete, apiAccess: "nobody" })).not.toThrow();
  });

  it("needs both", () => {
    expect(check({})).toThrow(
      /eks\.region must be set for an eks cluster\.\n.*eks\.apiAccess must be nobody, or the networks/,
    );
  });

  it.each([
    [["0.0.0.0/0"], "eks.apiAccess must not let everybody reach the API server"],
    [[], "eks.apiAccess must name a network, or be nobody"],
    ["everybody", "eks.apiAccess must be nobody or a list of CIDR blocks"],
    [["203.0.113.7"], "eks.apiAccess.0 must be a CIDR block"],
  ])("does not open the API server to %j", (apiAccess, message) => {
    expect(check({ ...complete, apiAccess })).toThrow(message);
  });

  it.each([["123456789012"], [123456789012]])("takes the account %j", (account) => {
    expect(check({ ...complete, account })()).toHaveProperty("eks.account", "123456789012");
  });

  it("refuses what is no account", () => {
    expect(check({ ...complete, account: "1234" })).toThrow(
      "eks.account must be the twelve digits of an AWS account",
    );
  });

  it.each([
    [{ Stack: "x" }, "eks.tags.Stack is a tag that the program sets itself"],
    [{ "eks:owner": "x" }, "eks.tags.eks:owner begins with what AWS keeps for itself"],
    [{ "a=b": "x" }, "eks.tags.a=b must be letters, digits, spaces and"],
    [{ team: "a,b" }, "eks.tags.team must be letters, digits, spaces and"],
    [{ team: "a", Team: "b" }, "eks.tags must be at most 40 names and values, whose names differ"],
    [{ team: 7 }, "eks.tags.team must be a string, not 7"],
  ])("does not take tags that some of its resources cannot have: %j", (tags, message) => {
    expect(check({ ...complete, tags })).toThrow(message);
  });

  it.each([
    ["us-gov-west-1", "aws-us-gov"],
    ["cn-northwest-1", "aws-cn"],
    ["ap-southeast-7", "aws"],
  ])("takes the region %s with administrators of %s alone", (region, partition) => {
    const admins = (of: string) => ({ ...complete, region, admins: [`arn:${of}:iam::123456789012:role/a`] });
    expect(check(admins(partition))).not.toThrow();
    expect(check(admins(partition === "aws" ? "aws-cn" : "aws"))).toThrow(
      "eks.admins must be of the partition that eks.region is in",
    );
  });

  it.each(["us-iso-east-1", "eusc-de-east-1", "eu-central-1a"])("does not take the region %s", (region) => {
    expect(check({ ...complete, region })).toThrow("eks.region must be an AWS region such as eu-central-1");
  });

  it("needs a VPC with room", () => {
    expect(check({ ...complete, vpcCidr: "10.0.0.0/24" })).toThrow(
      "eks.vpcCidr must have a prefix of /16 to /20",
    );
  });
});
