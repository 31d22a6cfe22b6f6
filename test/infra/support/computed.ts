/** An image name with the digest that mocked builds get. */
export const DIGEST = `sha256:${"d".repeat(64)}`;

/** What tells the mocked cluster from others. */
export const KUBE_SYSTEM_UID = "2f6c1f3e-0000-4000-8000-000000000000";

/** What k3s writes, cut short. */
const NODE_KUBECONFIG = "clusters:\n- cluster:\n    server: https://127.0.0.1:6443\n";

type Values = Record<string, unknown>;

/** What providers add to the inputs of a resource, by its type. */
const outputs: Record<string, (inputs: Values, name: string) => Values> = {
  "docker:index/image:Image": ({ imageName }) => ({
    repoDigest: `${String(imageName).replace(/:[^:/]+$/, "")}@${DIGEST}`,
  }),
  "random:index/randomId:RandomId": ({ byteLength }) => ({
    hex: "0a1b2c3d".slice(0, 2 * Number(byteLength)),
  }),
  "docker:index/remoteImage:RemoteImage": () => ({ imageId: DIGEST }),
  "docker:index/container:Container": () => ({ containerLogs: NODE_KUBECONFIG }),
  "kubernetes:core/v1:Namespace": ({ metadata }) => ({
    metadata: { uid: KUBE_SYSTEM_UID, ...(metadata as object | undefined) },
  }),
  "kubernetes:core/v1:Service": () => ({ status: { loadBalancer: { ingress: [{ ip: "192.0.2.1" }] } } }),
  "aws:eks/cluster:Cluster": ({ vpcConfig }) => ({
    vpcConfig: { ...(vpcConfig as Values), clusterSecurityGroupId: "sg-cluster" },
    endpoint: "https://cluster.test",
    certificateAuthority: { data: "Y2E=" },
  }),
  "aws:acm/certificate:Certificate": ({ domainName, subjectAlternativeNames }) => ({
    domainValidationOptions: [domainName, ...((subjectAlternativeNames ?? []) as unknown[])].map((host) => ({
      domainName: host,
      resourceRecordName: `_proof.${String(host)}.`,
      resourceRecordType: "CNAME",
      resourceRecordValue: "_proof.acm-validations.aws.",
    })),
  }),
  "aws:route53/record:Record": ({ name }) => ({ fqdn: name }),
  "aws:ecr/repository:Repository": (_, name) => ({
    repositoryUrl: `123456789012.dkr.ecr.eu-central-1.amazonaws.com/${name}-0123456`,
    registryId: "123456789012",
  }),
};

/** Inputs, and what the provider would add. */
export function computed(type: string, name: string, inputs: Values): Values {
  const arn = type.startsWith("aws:") ? { arn: `arn:aws:test::123456789012:${name}`, name } : {};
  const values = { ...arn, ...inputs, ...outputs[type]?.(inputs, name) };
  return { ...values, ...named(type, name, values) };
}

/** The name that Kubernetes' provider makes where the program gives none. */
function named(type: string, name: string, { metadata }: Values): Values {
  return type.startsWith("kubernetes:") && typeof metadata === "object"
    ? { metadata: { name: `${name}-1a2b3c4d`, ...metadata } }
    : {};
}

/** What the mocked providers' functions answer. */
export function answer(token: string, inputs: Values): Values {
  switch (token) {
    case "aws:index/getAvailabilityZones:getAvailabilityZones":
      return { ...inputs, names: zonesBut(inputs["excludeZoneIds"]) };
    case "aws:ecr/getAuthorizationToken:getAuthorizationToken":
      return { ...inputs, userName: "AWS", password: "for twelve hours" };
    case "aws:route53/getZone:getZone":
      return {
        privateZone: false,
        ...inputs,
        zoneId: inputs["zoneId"] ?? "Z0ZONE",
        name: inputs["name"] ?? "example.com",
      };
    case "aws:lb/getHostedZoneId:getHostedZoneId":
      return { ...inputs, id: "Z3F0SRJ5LGBH90" };
    default:
      return inputs;
  }
}

/** Names of a region's zones, by their ids: more than a cluster needs, and one that EKS does not take. */
const ZONES = {
  "use1-az3": "eu-central-1-without-eks",
  "euc1-az1": "eu-central-1a",
  "euc1-az2": "eu-central-1b",
  "euc1-az3": "eu-central-1c",
  "euc1-az4": "eu-central-1d",
};

function zonesBut(excluded: unknown): string[] {
  const ids = Array.isArray(excluded) ? excluded : [];
  return Object.entries(ZONES).flatMap(([id, name]) => (ids.includes(id) ? [] : [name]));
}
