import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

import { fault } from "../../fault.js";
import { isInZone, isZoneId, makesCertificate } from "../../settings/hosted-zone.js";
import { fullKey } from "../../settings/keys.js";
import type { Settings } from "../../settings/settings.js";
import type { Domain } from "../cluster.js";

type Ingress = Settings["ingress"];

/** Options of what is made in the zone and for it. */
type Options = pulumi.CustomResourceOptions & { provider: aws.Provider };

/** Seconds that resolvers may keep a record of validation. */
const TTL = 300;

/** The names of the settings in their hosted zone, with a certificate if there is none; undefined where no zone is named. */
export function makeDomain(settings: Ingress, opts: Options): Domain | undefined {
  const { zone, hostname, otherHostnames } = settings;
  if (zone === undefined || hostname === undefined) {
    return undefined;
  }
  const zoneId = findZone(zone, settings, opts);
  const hosts = [hostname, ...otherHostnames];
  return {
    ...(makesCertificate(settings) && { certificateArn: makeCertificate(hosts, zoneId, opts) }),
    leadTo: (loadBalancer) => {
      makeRecords(hosts, zoneId, loadBalancer, opts);
    },
  };
}

/** Id of the zone. Throws if it is not as the settings say. */
function findZone(zone: string, settings: Ingress, { provider }: Options): pulumi.Output<string> {
  const { privateZone } = settings;
  const query = isZoneId(zone) ? { zoneId: zone } : { name: zone, privateZone };
  return aws.route53.getZoneOutput(query, { provider }).apply((found) => {
    const wrong = zoneFault(settings, found);
    if (wrong !== undefined) {
      throw fault(wrong);
    }
    return found.zoneId;
  });
}

/** What of the settings does not hold for the zone that they name, in a sentence. */
export function zoneFault(
  {
    privateZone,
    hostname = "",
    otherHostnames,
  }: Pick<Ingress, "privateZone" | "hostname" | "otherHostnames">,
  found: { readonly name: string; readonly privateZone?: boolean },
): string | undefined {
  const name = found.name.replace(/\.$/, "");
  if ((found.privateZone ?? false) !== privateZone) {
    return privateZone
      ? `${fullKey("ingress.privateZone")}: The zone ${name} is a public one.`
      : `${fullKey("ingress.zone")}: The zone ${name} is a private one, in which AWS validates no certificate: set ${fullKey("ingress.privateZone")}, and ${fullKey("ingress.certificateArn")} for TLS.`;
  }
  const outside = [hostname, ...otherHostnames].find((host) => !isInZone(host, name));
  return outside === undefined
    ? undefined
    : `${fullKey("ingress.hostname")}: The zone ${name} cannot have a record of ${outside}.`;
}

/** A certificate that has proved by records in the zone whose the names are: https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html */
function makeCertificate(
  hosts: string[],
  zoneId: pulumi.Output<string>,
  opts: Options,
): pulumi.Output<string> {
  const [domainName = "", ...subjectAlternativeNames] = hosts;
  const { arn, domainValidationOptions } = new aws.acm.Certificate(
    "public",
    {
      domainName,
      ...(subjectAlternativeNames.length > 0 && { subjectAlternativeNames }),
      validationMethod: "DNS",
    },
    opts,
  );
  const records = hosts.map((host) => {
    const option = domainValidationOptions.apply((all) => all.find(({ domainName: of }) => of === host));
    return new aws.route53.Record(
      `validation-${host}`,
      {
        zoneId,
        name: option.apply((one) => one?.resourceRecordName ?? ""),
        type: option.apply((one) => one?.resourceRecordType ?? "CNAME"),
        records: [option.apply((one) => one?.resourceRecordValue ?? "")],
        ttl: TTL,
        // The same for every certificate of a name in an account: one that is left of another stack does no harm.
        allowOverwrite: true,
      },
      opts,
    );
  });
  const validation = new aws.acm.CertificateValidation(
    "public",
    { certificateArn: arn, validationRecordFqdns: records.map(({ fqdn }) => fqdn) },
    opts,
  );
  return validation.certificateArn;
}

/** Aliases, which the zone's own name can have too, unlike a CNAME. The load balancer has addresses of IPv4 alone. */
function makeRecords(
  hosts: string[],
  zoneId: pulumi.Output<string>,
  loadBalancer: pulumi.Output<string>,
  opts: Options,
): void {
  const { id } = aws.lb.getHostedZoneIdOutput({ loadBalancerType: "network" }, { provider: opts.provider });
  for (const host of hosts) {
    const aliases = [{ name: loadBalancer, zoneId: id, evaluateTargetHealth: true }];
    new aws.route53.Record(host, { zoneId, name: host, type: "A", aliases }, opts);
  }
}
