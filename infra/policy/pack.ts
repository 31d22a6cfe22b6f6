/** Policy: rules that every stack must keep, checked before a preview or an update goes on. */

import { PolicyPack } from "@pulumi/policy";

import { findings } from "./policy-rule.js";
import { rules } from "./rules/all-rules.js";

/** The rules as `pulumi preview --policy-pack infra/policy` runs them. */
new PolicyPack("ai-model-service", {
  policies: rules.map((rule) => ({
    name: rule.name,
    description: rule.description,
    enforcementLevel: "mandatory" as const,
    validateResource: ({ type, name: resource, props }, report) => {
      for (const found of findings(rule, { type, name: resource, props })) {
        report(`${resource} ${found}.`);
      }
    },
  })),
});
