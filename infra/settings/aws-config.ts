/** The namespace `aws:` of a stack's configuration, with which AWS's provider is set up: honoured, or refused by name. */

import { z } from "zod";

import { accountSchema } from "./eks.js";
import { explain } from "./explain.js";
import { fullKey } from "./keys.js";
import { fromJson, type Settings, SettingsError } from "./settings.js";
import { tagsSchema } from "./tags.js";

/** What ends the run if it is set, and why. */
function refused(reason: string) {
  return z.custom<undefined>(() => false, reason).optional();
}

/** The same for every key that a table does not name. */
function refusedOthers(reason: string) {
  return z.unknown().refine(() => false, reason);
}

const text = z.string().min(1);

/** The same for credentials that the environment, which kubectl has too, can hold instead. */
function environment(variables: string) {
  return refused(
    `is not taken, since kubectl needs the same credentials and cannot read it; use aws:profile, or the variables ${variables}`,
  );
}

/** What `aws eks get-token` can do as well, so that the same role reaches the cluster. */
const role = z
  .object({ roleArn: text, sessionName: text.optional(), duration: text.optional() })
  .catchall(
    refusedOthers(
      "is not taken, since `aws eks get-token` cannot do it; let a profile of ~/.aws/config assume the role, and name it as aws:profile",
    ),
  );

const awsSchema = z
  .object({
    region: text.optional(),
    profile: text.optional(),
    assumeRole: role.optional(),
    assumeRoles: z
      .array(role)
      .refine(
        (roles) => roles.length === 1,
        "must be one role, since `aws eks get-token` assumes one; for more name a profile as aws:profile",
      )
      .optional(),
    allowedAccountIds: z.array(accountSchema).optional(),
    forbiddenAccountIds: z.array(accountSchema).optional(),
    endpoints: z.array(z.record(z.string(), z.url("must be a URL"))).optional(),
    defaultTags: z.strictObject({ tags: tagsSchema }).optional(),
    ignoreTags: z
      .strictObject({ keys: z.array(text).optional(), keyPrefixes: z.array(text).optional() })
      .optional(),
    maxRetries: z.int().optional(),
    retryMode: z.enum(["standard", "adaptive"]).optional(),
    httpProxy: text.optional(),
    httpsProxy: text.optional(),
    noProxy: text.optional(),
    customCaBundle: text.optional(),
    stsRegion: text.optional(),
    insecure: z.boolean().optional(),
    useDualstackEndpoint: z.boolean().optional(),
    useFipsEndpoint: z.boolean().optional(),
    skipCredentialsValidation: z.boolean().optional(),
    skipMetadataApiCheck: z.boolean().optional(),
    skipRegionValidation: z.boolean().optional(),
    skipRequestingAccountId: z.boolean().optional(),
    accessKey: environment("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"),
    secretKey: environment("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"),
    token: environment("AWS_SESSION_TOKEN and those that belong to it"),
    assumeRoleWithWebIdentity: environment("AWS_ROLE_ARN and AWS_WEB_IDENTITY_TOKEN_FILE"),
    sharedConfigFiles: environment("AWS_CONFIG_FILE"),
    sharedCredentialsFiles: environment("AWS_SHARED_CREDENTIALS_FILE"),
  })
  .catchall(refusedOthers("is not a setting of AWS's provider that the program takes"));

type Rules = Pick<Settings["eks"], "region" | "account">;

/** The above, and what must hold between it and the program's own settings. */
function withRulesOf({ region, account }: Rules) {
  const guarded = ({ allowedAccountIds, forbiddenAccountIds }: z.infer<typeof awsSchema>) =>
    account !== undefined || allowedAccountIds !== undefined || forbiddenAccountIds !== undefined;
  return awsSchema
    .refine((aws) => aws.region === undefined || aws.region === region, {
      path: ["region"],
      error: `must be ${fullKey("eks.region")}, which is ${region ?? "not set"}; better leave it out`,
    })
    .refine((aws) => aws.assumeRole === undefined || aws.assumeRoles === undefined, {
      path: ["assumeRole"],
      error: "must not be set together with aws:assumeRoles",
    })
    .refine(
      ({ allowedAccountIds: allowed }) =>
        account === undefined || allowed === undefined || allowed.includes(account),
      {
        path: ["allowedAccountIds"],
        error: `must hold ${fullKey("eks.account")}, which is ${account ?? ""}; better leave it out`,
      },
    )
    .refine(
      (aws) =>
        aws.forbiddenAccountIds === undefined ||
        (account === undefined && aws.allowedAccountIds === undefined),
      {
        path: ["forbiddenAccountIds"],
        error: `must not be set together with aws:allowedAccountIds or ${fullKey("eks.account")}, which say more`,
      },
    )
    .refine((aws) => aws.skipRequestingAccountId !== true || !guarded(aws), {
      path: ["skipRequestingAccountId"],
      error: "must not be set where an account is guarded against, since nobody would know the account",
    });
}

/** What the program takes over from the namespace `aws:`. */
export type AwsConfig = z.infer<typeof awsSchema>;

/** Keys whose values are text as they stand; others are JSON, as Pulumi hands them over. */
function isText(key: string): boolean {
  const { shape } = awsSchema;
  return key in shape && shape[key as keyof typeof shape].safeParse("text").success;
}

/**
 * Checks the part of a stack's configuration that is AWS's provider's. Throws one error that lists every fault by its full
 * key, and shows no value of the keys that are `secret`.
 */
export function parseAwsConfig(
  record: Record<string, string>,
  eks: Settings["eks"],
  secret: readonly string[] = [],
): AwsConfig {
  const own = Object.entries(record).filter(([key]) => key.startsWith("aws:"));
  const values = own.map(([key, value]) => {
    const name = key.slice("aws:".length);
    return [name, isText(name) ? value : fromJson(value)] as const;
  });
  const result = withRulesOf(eks).safeParse(Object.fromEntries(values), { reportInput: true });
  if (!result.success) {
    throw new SettingsError(explain(result.error.issues, { secret, keyed: (path) => `aws:${path}` }));
  }
  return result.data;
}
