import { ATTENTION } from "./attention.js";
import { CLASSICAL, TEXT } from "./classical.js";
import { BLOCKED, CONTRIBUTED } from "./contributed.js";
import { EINSUM } from "./einsum.js";
import { ELEMENTWISE } from "./elementwise.js";
import { JOINING } from "./joining.js";
import { NORMALIZATIONS } from "./normalizations.js";
import { PICKING } from "./picking.js";
import { PICTURES } from "./pictures.js";
import { PRODUCTS } from "./products.js";
import { QUANTIZED } from "./quantized.js";
import { RECURRENT } from "./recurrent.js";
import { REDUCTIONS } from "./reductions.js";
import { RESHAPING } from "./reshaping.js";
import type { Rule, Rules } from "./rule.js";
import { SELECTING } from "./selecting.js";
import { SIZES } from "./sizes.js";
import { UNFOLLOWED } from "./unfollowed.js";
import { WINDOWS } from "./windows.js";

const STANDARD: Rules = new Map([
  ...ELEMENTWISE,
  ...RESHAPING,
  ...SIZES,
  ...JOINING,
  ...SELECTING,
  ...PICKING,
  ...PRODUCTS,
  ...EINSUM,
  ...REDUCTIONS,
  ...WINDOWS,
  ...NORMALIZATIONS,
  ...RECURRENT,
  ...PICTURES,
  ...QUANTIZED,
  ...TEXT,
  ...UNFOLLOWED,
]);

/** Older files have these under the standard domain, newer ones the standard ones under the runtime's. */
const SHARED = ["QuantizeLinear", "DequantizeLinear", "LayerNormalization", "SimplifiedLayerNormalization"];

const DOMAINS: ReadonlyMap<string, Rules> = new Map<string, Rules>([
  ["", STANDARD],
  ["ai.onnx", STANDARD],
  ["ai.onnx.ml", new Map(CLASSICAL)],
  ["com.microsoft.nchwc", new Map(BLOCKED)],
  [
    "com.microsoft",
    new Map([
      ...SHARED.flatMap((name): [string, Rule][] => entry(name, STANDARD.get(name))),
      ...CONTRIBUTED,
      ...ATTENTION,
    ]),
  ],
]);

function entry(name: string, rule: Rule | undefined): [string, Rule][] {
  return rule === undefined ? [] : [[name, rule]];
}

/** The rule of an operator; undefined for one that nothing is known of. */
export function ruleOf(domain: string, operator: string): Rule | undefined {
  return DOMAINS.get(domain)?.get(operator);
}
