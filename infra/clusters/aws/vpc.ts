import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

import type { Settings } from "../../settings/settings.js";
import { ZONES, type ZoneBlocks, zoneBlocks } from "./subnets.js";
import { zoneNames } from "./zones.js";

/** The network that a cluster runs in. */
export interface Vpc {
  /** Where nodes and pods are: one subnet a zone, without addresses on the internet. */
  privateSubnetIds: pulumi.Output<string>[];
  /** What nodes need to reach the internet: made before them, gone after them. */
  routes: pulumi.Resource[];
}

type Options = pulumi.CustomResourceOptions & { provider: aws.Provider };

/** A VPC over three zones with public and private subnets; the private ones go out through NAT. */
export function makeVpc(name: string, settings: Settings["eks"], opts: Options): Vpc {
  const vpc = new aws.ec2.Vpc(
    "vpc",
    { cidrBlock: settings.vpcCidr, enableDnsHostnames: true, enableDnsSupport: true, tags: { Name: name } },
    opts,
  );
  // Whoever forgets to name a security group gets one that lets nothing through.
  new aws.ec2.DefaultSecurityGroup("default", { vpcId: vpc.id, tags: { Name: `${name}-default` } }, opts);
  const gateway = new aws.ec2.InternetGateway("internet", { vpcId: vpc.id, tags: { Name: name } }, opts);
  const names = zoneNames(opts.provider);
  const zones = zoneBlocks(settings.vpcCidr).map((blocks, index) =>
    makeZone({ name, vpc, index, blocks, zone: names.apply((found) => found[index] ?? "") }, opts),
  );
  const outbound = publicRoutes(name, vpc, gateway, zones, opts);
  const nat = natGateways(name, settings.natGateways, zones, { ...opts, dependsOn: outbound });
  const tables = zones.map((zone, index) =>
    privateRoutes(name, vpc, zone, index, nat[index % nat.length], opts),
  );
  s3Endpoint(name, settings, vpc, tables, opts);
  return {
    privateSubnetIds: zones.map((zone) => zone.privateSubnet.id),
    routes: tables.flatMap((table) => table.resources),
  };
}

interface Zone {
  index: number;
  privateSubnet: aws.ec2.Subnet;
  publicSubnet: aws.ec2.Subnet;
}

interface ZoneArgs {
  name: string;
  vpc: aws.ec2.Vpc;
  index: number;
  blocks: ZoneBlocks;
  zone: pulumi.Output<string>;
}

/** The tags tell load balancers which subnets are theirs: https://docs.aws.amazon.com/eks/latest/userguide/tag-subnets-auto.html */
function makeZone({ name, vpc, index, blocks, zone }: ZoneArgs, opts: Options): Zone {
  const subnet = (kind: "private" | "public", role: string) =>
    new aws.ec2.Subnet(
      `${kind}-${index}`,
      {
        vpcId: vpc.id,
        cidrBlock: blocks[kind],
        availabilityZone: zone,
        mapPublicIpOnLaunch: false,
        tags: { Name: `${name}-${kind}-${index}`, [`kubernetes.io/role/${role}`]: "1" },
      },
      // The region's list changes, by a new zone or a name less: that must not move a network that is there.
      { ...opts, ignoreChanges: ["availabilityZone"] },
    );
  return { index, privateSubnet: subnet("private", "internal-elb"), publicSubnet: subnet("public", "elb") };
}

function publicRoutes(
  name: string,
  vpc: aws.ec2.Vpc,
  gateway: aws.ec2.InternetGateway,
  zones: Zone[],
  opts: Options,
): pulumi.Resource[] {
  const table = new aws.ec2.RouteTable("public", { vpcId: vpc.id, tags: { Name: `${name}-public` } }, opts);
  const route = new aws.ec2.Route(
    "public",
    { routeTableId: table.id, destinationCidrBlock: "0.0.0.0/0", gatewayId: gateway.id },
    opts,
  );
  const associations = zones.map(
    ({ index, publicSubnet }) =>
      new aws.ec2.RouteTableAssociation(
        `public-${index}`,
        { routeTableId: table.id, subnetId: publicSubnet.id },
        opts,
      ),
  );
  return [route, ...associations];
}

function natGateways(
  name: string,
  count: "single" | "per-zone",
  zones: Zone[],
  opts: Options,
): aws.ec2.NatGateway[] {
  return zones.slice(0, count === "single" ? 1 : ZONES).map(({ index, publicSubnet }) => {
    const tags = { Name: `${name}-nat-${index}` };
    const address = new aws.ec2.Eip(`nat-${index}`, { domain: "vpc", tags }, opts);
    return new aws.ec2.NatGateway(
      `nat-${index}`,
      { allocationId: address.id, subnetId: publicSubnet.id, tags },
      opts,
    );
  });
}

interface PrivateTable {
  id: pulumi.Output<string>;
  resources: pulumi.Resource[];
}

function privateRoutes(
  name: string,
  vpc: aws.ec2.Vpc,
  { privateSubnet }: Zone,
  index: number,
  nat: aws.ec2.NatGateway | undefined,
  opts: Options,
): PrivateTable {
  const table = new aws.ec2.RouteTable(
    `private-${index}`,
    { vpcId: vpc.id, tags: { Name: `${name}-private-${index}` } },
    opts,
  );
  const route = new aws.ec2.Route(
    `private-${index}`,
    { routeTableId: table.id, destinationCidrBlock: "0.0.0.0/0", natGatewayId: nat?.id },
    opts,
  );
  const association = new aws.ec2.RouteTableAssociation(
    `private-${index}`,
    { routeTableId: table.id, subnetId: privateSubnet.id },
    opts,
  );
  return { id: table.id, resources: [route, association] };
}

/** ECR keeps image layers in S3: through this gateway, which is free, they do not pass through NAT, which is not. */
function s3Endpoint(
  name: string,
  settings: Settings["eks"],
  vpc: aws.ec2.Vpc,
  tables: PrivateTable[],
  opts: Options,
): void {
  new aws.ec2.VpcEndpoint(
    "s3",
    {
      vpcId: vpc.id,
      serviceName: `com.amazonaws.${settings.region ?? ""}.s3`,
      vpcEndpointType: "Gateway",
      routeTableIds: tables.map((table) => table.id),
      tags: { Name: `${name}-s3` },
    },
    opts,
  );
}
