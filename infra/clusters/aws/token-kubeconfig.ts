/** What a client must know to reach a cluster. */
interface ClusterAccess {
  name: string;
  region: string;
  /** URL of the API server. */
  endpoint: string;
  /** Base64 of the certificate authority's PEM. */
  certificateAuthority: string;
  /** Of the AWS CLI's configuration; without it what the environment says. */
  profile?: string | undefined;
  /** Role that is assumed for the token; without it whoever the profile or the environment is. */
  roleArn?: string | undefined;
}

/**
 * A kubeconfig that asks the AWS CLI for a token whenever one is needed; it holds no secret and never expires.
 * https://docs.aws.amazon.com/eks/latest/userguide/create-kubeconfig.html
 */
export function execKubeconfig(access: ClusterAccess): string {
  const { name, region, endpoint, certificateAuthority, profile, roleArn } = access;
  const identity = [...option("profile", profile), ...option("role-arn", roleArn)];
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": name,
    clusters: [{ name, cluster: { server: endpoint, "certificate-authority-data": certificateAuthority } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    users: [
      {
        name,
        user: {
          exec: {
            apiVersion: "client.authentication.k8s.io/v1beta1",
            command: "aws",
            args: [
              "eks",
              "get-token",
              "--cluster-name",
              name,
              "--region",
              region,
              "--output",
              "json",
              ...identity,
            ],
            interactiveMode: "Never",
          },
        },
      },
    ],
  });
}

function option(name: string, value: string | undefined): string[] {
  return value === undefined ? [] : [`--${name}`, value];
}
