import { describe, expect, it } from "vitest";

import { parseCidr, zoneBlocks } from "#infra/clusters/aws/subnets.js";

/** First and one past the last address. */
function range(cidr: string): [number, number] {
  const { base, prefix } = parseCidr(cidr);
  return [base, base + 2 ** (32 - prefix)];
}

describe("zoneBlocks", () => {
  it("gives each zone a private quarter and a public sixteenth", () => {
    expect(zoneBlocks("10.0.0.0/16")).toEqual([
      { private: "10.0.0.0/18", public: "10.0.192.0/20" },
      { private: "10.0.64.0/18", public: "10.0.208.0/20" },
      { private: "10.0.128.0/18", public: "10.0.224.0/20" },
    ]);
  });

  it.each(["10.0.0.0/16", "172.31.0.0/17", "192.168.128.0/18", "10.255.240.0/20", "255.255.255.0/24"])(
    "divides %s without overlap and stays inside of it",
    (vpc) => {
      const [start, end] = range(vpc);
      const blocks = zoneBlocks(vpc).flatMap((zone) => [range(zone.private), range(zone.public)]);
      const sorted = blocks.sort(([a], [b]) => a - b);
      expect(sorted[0]?.[0]).toBe(start);
      expect(sorted.at(-1)?.[1]).toBeLessThanOrEqual(end);
      sorted
        .slice(1)
        .forEach(([from], index) => expect(from).toBeGreaterThanOrEqual(sorted[index]?.[1] ?? NaN));
    },
  );

  it("refuses a block without room", () => {
    expect(() => zoneBlocks("10.0.0.0/25")).toThrow("The network 10.0.0.0/25 is too small for 3 zones.");
  });
});
