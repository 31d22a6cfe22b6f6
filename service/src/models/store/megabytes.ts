/** For people: whole megabytes, and one digit more below ten. */
export function inMegabytes(bytes: number): string {
  const megabytes = bytes / 1e6;
  return megabytes < 10 ? String(Math.round(megabytes * 10) / 10) : String(Math.round(megabytes));
}
