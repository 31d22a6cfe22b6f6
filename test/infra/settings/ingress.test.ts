import { describe, expect, it } from "vitest";

import { ingressSchema } from "#infra/settings/ingress.js";

const certificateArn = "arn:aws:acm:eu-central-1:123456789012:certificate/1b2c";

function faults(settings: object): string[] {
  return (
    ingressSchema
      .safeParse(settings)
      .error?.issues.map((issue) => `${issue.path.join(".")} ${issue.message}`) ?? []
  );
}

describe("ingress", () => {
  it("is internal unless it says otherwise", () => {
    expect(ingressSchema.parse({}).scheme).toBe("internal");
  });

  it("goes public with a certificate and with networks that may connect, never without", () => {
    expect(faults({ scheme: "public", certificateArn, sourceRanges: ["0.0.0.0/0"] })).toEqual([]);
    expect(faults({ scheme: "public" })).toEqual([
      "certificateArn must be set when ingress.scheme is public, since nothing goes over the internet without TLS",
      "sourceRanges must say who may connect when ingress.scheme is public; 0.0.0.0/0 for everybody",
    ]);
  });

  it("names what is not a certificate and not a network", () => {
    expect(faults({ certificateArn: "mine", sourceRanges: ["10.0.0.0"] })).toEqual([
      "certificateArn must be the ARN of an ACM certificate",
      "sourceRanges.0 must be a CIDR block such as 203.0.113.0/24",
    ]);
  });
});
