const START = "<!-- bench:start -->";
const END = "<!-- bench:end -->";

/** The text with what stands between the bench's markers replaced. Throws when a marker is missing. */
export function replaceBetweenMarkers(text: string, content: string): string {
  const start = text.indexOf(START);
  const end = text.indexOf(END);
  if (start < 0 || end < start) throw new Error(`README.md has no ${START} … ${END}`);
  return `${text.slice(0, start + START.length)}\n\n${content}\n\n${text.slice(end)}`;
}
