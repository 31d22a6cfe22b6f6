/** Seconds that an API server, or what answers through it, may take for one answer. */
export const ANSWER_SECONDS = 15;

/** The answer, unless it takes longer: then rejects with a sentence that begins with `who`. */
export async function within<T>(seconds: number, who: string, answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`${who} did not answer within ${seconds} seconds.`)),
      seconds * 1000,
    );
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
