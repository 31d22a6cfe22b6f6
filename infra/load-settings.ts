import * as pulumi from "@pulumi/pulumi";

import { fault } from "./fault.js";
import { keepSecret } from "./secrecy.js";
import { type AwsConfig, parseAwsConfig } from "./settings/aws-config.js";
import { fullKey } from "./settings/keys.js";
import { secretTexts, textsIn } from "./settings/secret-texts.js";
import { parseSettings, SettingsError, settingsSchema, type Settings } from "./settings/settings.js";

/** What Pulumi's runtime has, but leaves out of its types. */
const { isConfigSecret } = pulumi.runtime as unknown as { isConfigSecret: (key: string) => boolean };

/** The current stack's settings. What is secret among them stays so in every resource. */
export function loadSettings(): Settings {
  const secret = Object.keys(settingsSchema.shape).filter((section) => isConfigSecret(fullKey(section)));
  const settings = reported(() => parseSettings(pulumi.runtime.allConfig(), secret));
  keepSecret(secretTexts(settings, secret));
  return settings;
}

/** What the current stack's configuration says to AWS's provider. What is secret in it stays so in every resource. */
export function loadAwsConfig(eks: Settings["eks"]): AwsConfig {
  const all = pulumi.runtime.allConfig();
  const secret = Object.keys(all).flatMap((key) =>
    key.startsWith("aws:") && isConfigSecret(key) ? [key.slice("aws:".length)] : [],
  );
  const config = reported(() => parseAwsConfig(all, eks, secret));
  keepSecret(secret.flatMap((key) => textsIn(config[key])));
  return config;
}

function reported<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw error instanceof SettingsError ? fault(error.message) : error;
  }
}
