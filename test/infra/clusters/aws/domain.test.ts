import { describe, expect, it } from "vitest";

import { zoneFault } from "#infra/clusters/aws/domain.js";
import { drawing, find, isSecret, outliving } from "../../support/graph.js";
import { runProgram, type Run } from "../../support/program.js";
import { CERTIFICATE, STACKS } from "../../support/stacks.js";

const hostname = "predict.example.com";
const OPEN = { scheme: "public", sourceRanges: ["0.0.0.0/0"], withoutKeys: true };

function run(ingress: object, options?: { preview: boolean }): Promise<Run> {
  return runProgram({ ...STACKS.prod(), monitoring: { mode: "none" }, ingress }, options);
}

function records({ resources }: Run): string[] {
  return resources.filter(({ type }) => type === "aws:route53/record:Record").map(({ name }) => name);
}

describe("a hosted zone", () => {
  const ingress = { ...OPEN, zone: "example.com", hostname, otherHostnames: ["example.com"] };

  it("gets aliases of the load balancer, for its own name too", async () => {
    const made = await run(ingress);
    for (const name of [hostname, "example.com"]) {
      const record = find(made, "Record", name);
      expect(record.inputs).toMatchObject({
        zoneId: "Z0ZONE",
        name,
        type: "A",
        aliases: [{ zoneId: "Z3F0SRJ5LGBH90", evaluateTargetHealth: true }],
      });
      expect(outliving(made, record)).toContain(find(made, "Service", "public"));
    }
    expect(made.outputs["endpoint"]).toBe(`https://${hostname}`);
  });

  it("proves whose the names are before a load balancer has their certificate", async () => {
    const made = await run(ingress);
    expect(made.only("Certificate").inputs).toMatchObject({
      domainName: hostname,
      subjectAlternativeNames: ["example.com"],
      validationMethod: "DNS",
    });
    const validation = made.only("CertificateValidation");
    const proofs = [hostname, "example.com"].map((host) => find(made, "Record", `validation-${host}`));
    expect(proofs.map(({ inputs }) => [inputs["name"], inputs["type"], inputs["records"]])).toEqual([
      [`_proof.${hostname}.`, "CNAME", ["_proof.acm-validations.aws."]],
      ["_proof.example.com.", "CNAME", ["_proof.acm-validations.aws."]],
    ]);
    expect([...outliving(made, validation)]).toEqual(expect.arrayContaining(proofs));
    const service = find(made, "Service", "public");
    expect(outliving(made, service)).toContain(validation);
    expect(service.inputs).toMatchObject({
      metadata: {
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-ssl-cert": "arn:aws:test::123456789012:public",
        },
      },
      spec: { ports: [{ port: 443 }] },
    });
    expect(isSecret(service.inputs["metadata"])).toBe(false);
  });

  it("is the same in a preview", async () => {
    expect(drawing(await run(ingress, { preview: true }))).toBe(drawing(await run(ingress)));
  });

  it("gets no proof where the settings have a certificate, or where nobody could see it", async () => {
    const given = await run({ ...OPEN, zone: "Z0123456789ABC", hostname, certificateArn: CERTIFICATE });
    expect(records(given)).toEqual([hostname]);
    const inside = await run({ zone: "example.com", privateZone: true, hostname });
    expect(records(inside)).toEqual([hostname]);
    expect(inside.outputs["endpoint"]).toBe(`http://${hostname}`);
    for (const { resources } of [given, inside]) {
      expect(resources.filter(({ type }) => type.startsWith("aws:acm/"))).toEqual([]);
    }
  });

  it("is left alone where the settings name none", async () => {
    expect(records(await run({ ...OPEN, hostname, certificateArn: CERTIFICATE }))).toEqual([]);
  });
});

describe("the zone that the settings name", () => {
  const asked = { privateZone: false, hostname, otherHostnames: [] };

  it.each([
    [asked, { name: "example.com." }, undefined],
    [asked, { name: "predict.example.com", privateZone: false }, undefined],
    [{ ...asked, privateZone: true }, { name: "example.com", privateZone: true }, undefined],
    [asked, { name: "corp.example", privateZone: true }, "in which AWS validates no certificate: set"],
    [{ ...asked, privateZone: true }, { name: "example.com" }, "The zone example.com is a public one."],
    [asked, { name: "example.org." }, "The zone example.org cannot have a record of predict.example.com."],
    [{ ...asked, otherHostnames: ["a.test"] }, { name: "example.com" }, "cannot have a record of a.test."],
  ])("is what they say: %j %j", (settings, found, fault) => {
    const said = zoneFault(settings, found);
    expect(said === undefined || fault === undefined ? said : said.includes(fault) || said).toBe(
      fault === undefined ? undefined : true,
    );
  });
});
