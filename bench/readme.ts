/** The text with what stands between the markers of a section replaced. Throws when a marker is missing. */
export function replaceBetweenMarkers(text: string, content: string, section = "bench"): string {
  const [first, last] = [`<!-- ${section}:start -->`, `<!-- ${section}:end -->`];
  const start = text.indexOf(first);
  const end = text.indexOf(last);
  if (start < 0 || end < start) {
    throw new Error(`README.md has no ${first} … ${last}`);
  }
  return `${text.slice(0, start + first.length)}\n\n${content}\n\n${text.slice(end)}`;
}
