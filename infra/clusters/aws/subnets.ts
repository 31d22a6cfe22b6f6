/** A zone's two address blocks. */
export interface ZoneBlocks {
  private: string;
  public: string;
}

/** Zones that the cluster spreads over. */
export const ZONES = 3;

/**
 * Divides a VPC's block among three zones: three quarters are private, as pods take most addresses, and three quarters of
 * the last quarter public. What is left over stays free. Throws for a block that is too small (longer prefix than /24).
 */
export function zoneBlocks(vpcCidr: string): ZoneBlocks[] {
  const { base, prefix } = parseCidr(vpcCidr);
  if (prefix > 24) {
    throw new Error(`The network ${vpcCidr} is too small for ${ZONES} zones.`);
  }
  const quarter = 2 ** (30 - prefix);
  return Array.from({ length: ZONES }, (_, zone) => ({
    private: formatCidr(base + zone * quarter, prefix + 2),
    public: formatCidr(base + ZONES * quarter + zone * (quarter / 4), prefix + 4),
  }));
}

/** First address, as a number, and prefix length of an IPv4 block. */
export function parseCidr(cidr: string): { base: number; prefix: number } {
  const [address = "", length] = cidr.split("/");
  const prefix = Number(length);
  const size = 2 ** (32 - prefix);
  const number = address.split(".").reduce((sum, octet) => sum * 256 + Number(octet), 0);
  return { base: number - (number % size), prefix };
}

function formatCidr(base: number, prefix: number): string {
  const octets = [24, 16, 8, 0].map((shift) => Math.floor(base / 2 ** shift) % 256);
  return `${octets.join(".")}/${prefix}`;
}
