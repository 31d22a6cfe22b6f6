/** Policy: rules that every stack must keep, checked before a preview or an update goes on. */

import { PolicyPack } from "@pulumi/policy";

import { rules } from "./rules/all-rules.js";

/** The rules as `pulumi preview --policy-pack infra/policy` runs them. */
new PolicyPack("ai-model-service", {
  policies: rules.map(({ name, description, check }) => ({
    name,
    description,
    enforcementLevel: "mandatory" as const,
    validateResource: ({ type, name: resource, props }, report) => {
      for (const fault of check({ type, name: resource, props })) {
        report(`${resource} ${fault}.`);
      }
    },
  })),
});
