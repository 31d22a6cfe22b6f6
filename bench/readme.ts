import { COMPARED_CONNECTIONS } from "./comparison.js";
import type { InputName } from "./inputs.js";
import { perSecond, type Results } from "./results.js";
import { table, whole } from "./table.js";

/** The text with what stands between the markers of a section replaced. Throws when a marker is missing. */
export function replaceBetweenMarkers(text: string, content: string, section = "bench"): string {
  const [first, last] = [`<!-- ${section}:start -->`, `<!-- ${section}:end -->`];
  const start = text.indexOf(first);
  const end = text.indexOf(last);
  if (start < 0 || end < start) {
    throw new Error(`There are no markers ${first} … ${last} to write between.`);
  }
  return `${text.slice(0, start + first.length)}\n\n${content}\n\n${text.slice(end)}`;
}

/** What the README compares: an input, and the server that takes the same beside this one. */
const SUMMARY: readonly { readonly what: string; readonly input: InputName; readonly peer: string }[] = [
  { what: "a digit as JSON", input: "json", peer: "fastapi" },
  { what: "a digit as raw bytes", input: "raw", peer: "fastapi" },
  { what: "a digit in the Open Inference Protocol", input: "v2-json", peer: "mlserver" },
];

/** The three rows of the README: requests per second of this service and of another. */
export function summaryTable(results: Results): string {
  const of = (name: string) => results.variants.find((variant) => variant.name === name);
  const rate = (name: string, input: InputName): number | undefined => {
    const variant = of(name);
    return variant && perSecond(variant, input, COMPARED_CONNECTIONS);
  };
  const rows = SUMMARY.map(({ what, input, peer }) => {
    const [ours, theirs] = [rate("ours", input), rate(peer, input)];
    const times = ours !== undefined && theirs !== undefined ? ` (${(ours / theirs).toFixed(1)}×)` : "";
    return [what, `${whole(ours)} req/s`, `${of(peer)?.title ?? peer}: ${whole(theirs)} req/s${times}`];
  });
  return table([`${COMPARED_CONNECTIONS} connections`, "this service", "another server"], rows);
}
