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
      "certificateArn must be set when ingress.scheme is public and ingress.zone is not, since nothing goes over the internet without TLS",
      "sourceRanges must say who may connect when ingress.scheme is public; 0.0.0.0/0 for everybody",
    ]);
  });

  it("names what is not a certificate and not a network", () => {
    expect(faults({ certificateArn: "mine", sourceRanges: ["10.0.0.0"] })).toEqual([
      "certificateArn must be the ARN of an ACM certificate",
      "sourceRanges.0 must be a CIDR block such as 203.0.113.0/24",
    ]);
  });

  const hostname = "predict.example.com";

  it("leads from an Ingress that ends TLS with a Secret or an issuer, unless it ends elsewhere", () => {
    const opened = { class: "nginx", hostname };
    for (const tls of [{ tlsSecret: "a" }, { issuer: "a" }, { clusterIssuer: "a", tlsSecret: "b" }]) {
      expect(faults({ ...opened, ...tls })).toEqual([]);
    }
    expect(faults(opened)).toEqual([
      "tlsSecret must be set with ingress.class, or ingress.clusterIssuer or ingress.issuer, or ingress.tls to say where TLS ends instead",
    ]);
    expect(faults({ ...opened, tls: "none" })).toEqual([]);
    expect(faults({ ...opened, issuer: "a", clusterIssuer: "b" })).toEqual([
      "issuer must not be set beside ingress.clusterIssuer",
    ]);
  });

  it("leads from a Gateway, and from one of the two alone, under names of hosts", () => {
    const gateway = { name: "public", namespace: "gateways", section: "https" };
    expect(faults({ gateway, hostname, otherHostnames: ["digits.example.com"] })).toEqual([]);
    expect(faults({ gateway })).toEqual(["hostname must be set with ingress.class or ingress.gateway"]);
    expect(faults({ gateway, class: "nginx", tls: "none", hostname })).toEqual([
      "gateway must not be set beside ingress.class",
    ]);
    expect(faults({ gateway, hostname, otherHostnames: [hostname] })).toEqual([
      "otherHostnames must name each host once, and none that is ingress.hostname",
    ]);
    for (const wrong of ["https://predict.example.com", "predict", "*.example.com", "Predict.example.com"]) {
      expect(faults({ gateway, hostname: wrong })).toEqual([
        "hostname must be a DNS name such as predict.example.com",
      ]);
    }
  });

  it("takes annotations for its controller, but none that the program writes", () => {
    const annotations = {
      "nginx.ingress.kubernetes.io/proxy-body-size": "64m",
      "cert-manager.io/issuer": "mine",
    };
    const { error } = ingressSchema.safeParse({ annotations });
    expect(error?.issues).toMatchObject([
      {
        path: ["annotations", "cert-manager.io/issuer"],
        issues: [{ message: "follows from ingress.issuer and cannot be set here" }],
      },
    ]);
  });

  it("makes a certificate of names that a public zone of Route 53 can have", () => {
    const sourceRanges = ["0.0.0.0/0"];
    const open = { scheme: "public", sourceRanges, zone: "example.com", hostname };
    expect(faults(open)).toEqual([]);
    expect(faults({ ...open, hostname: "example.com", otherHostnames: [hostname] })).toEqual([]);
    expect(faults({ ...open, zone: "Z0123456789ABC" })).toEqual([]);
    expect(faults({ ...open, zone: "Example" })).toEqual([
      "zone must be the name or the id of a hosted zone, such as example.com or Z0123456789ABC",
    ]);
    expect(faults({ ...open, hostname: undefined })).toEqual(["hostname must be set with ingress.zone"]);
    const outside =
      "hostname must be ingress.zone or end in it, and so must every one of ingress.otherHostnames";
    expect(faults({ ...open, hostname: "notexample.com" })).toEqual([outside]);
    expect(faults({ ...open, otherHostnames: ["example.org"] })).toEqual([outside]);
    const long = `${"a".repeat(60)}.example.com`;
    expect(faults({ ...open, hostname: long })).toEqual([
      "hostname must have at most 64 characters for a certificate that the program makes",
    ]);
    expect(faults({ ...open, hostname: long, certificateArn })).toEqual([]);
  });

  it("makes no certificate of names in a private zone, which nobody outside can ask for", () => {
    const inside = { zone: "corp.example", privateZone: true, hostname: "predict.corp.example" };
    expect(faults(inside)).toEqual([]);
    expect(faults({ privateZone: true })).toEqual(["zone must be set with ingress.privateZone"]);
    expect(faults({ ...inside, scheme: "public", sourceRanges: ["0.0.0.0/0"] })).toEqual([
      "certificateArn must be set when ingress.scheme is public and ingress.zone is not, since nothing goes over the internet without TLS",
      "privateZone must not be set when ingress.scheme is public: nobody outside of the VPC could ask for the name",
    ]);
  });
});
