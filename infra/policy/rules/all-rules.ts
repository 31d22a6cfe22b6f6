import type { Rule } from "../policy-rule.js";
import { awsWithCare } from "./aws.js";
import { bounded, imagesByDigest, neverRoot, noPlainSecrets } from "./containers.js";
import { noOpenDoors } from "./exposure.js";

/** Every rule of the pack. */
export const rules: Rule[] = [imagesByDigest, neverRoot, bounded, noPlainSecrets, noOpenDoors, awsWithCare];
