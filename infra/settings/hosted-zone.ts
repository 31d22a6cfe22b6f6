import { z } from "zod";

import { hostName } from "./names.js";

/** Ids of Route 53 are in capitals, names here are not. */
const ID = /^Z[A-Z0-9]{1,31}$/;

/** A certificate's first name is its common name, which X.509 bounds. */
const COMMON_NAME = 64;

/** A hosted zone of Route 53 by its name or id. */
export const zoneSchema = z
  .string()
  .refine(
    (zone) => isZoneId(zone) || hostName.safeParse(zone).success,
    "must be the name or the id of a hosted zone, such as example.com or Z0123456789ABC",
  );

/** Whether a zone is given by its id, so that its name is known only to AWS. */
export function isZoneId(zone: string): boolean {
  return ID.test(zone);
}

/** Whether a zone can have the record of a host. */
export function isInZone(host: string, zone: string): boolean {
  return host === zone || host.endsWith(`.${zone}`);
}

interface Zoned {
  readonly zone?: string | undefined;
  readonly privateZone: boolean;
  readonly certificateArn?: string | undefined;
  readonly hostname?: string | undefined;
  readonly otherHostnames: readonly string[];
}

/** Whether the program itself makes the certificate: it proves by records in a zone that everybody can ask whose the names are. */
export function makesCertificate({ zone, privateZone, certificateArn }: Zoned): boolean {
  return zone !== undefined && !privateZone && certificateArn === undefined;
}

/** Whether ACM takes the names. */
export function fitsCertificate(settings: Zoned): boolean {
  return !makesCertificate(settings) || (settings.hostname ?? "").length <= COMMON_NAME;
}

/** Whether every host is in the zone, as far as its name is known. */
export function areInZone({ zone, hostname = "", otherHostnames }: Zoned): boolean {
  const isNamed = zone !== undefined && hostName.safeParse(zone).success;
  return !isNamed || [hostname, ...otherHostnames].every((host) => isInZone(host, zone));
}
