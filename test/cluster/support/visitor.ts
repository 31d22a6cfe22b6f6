import { z } from "zod";

const answer = z.object({ predictions: z.array(z.object({ label: z.string() })) });

/** A picture as a client sends it. */
export interface Picture {
  readonly type: string;
  readonly body: Buffer<ArrayBuffer>;
}

/** An answer that does not come is a failed request, not a test that waits. */
const LONGEST_ANSWER_MS = 30_000;

/** A client on this machine that asks for one prediction after another for as long as it is there. */
export class Visitor {
  private leaving = new AbortController();
  private visit: Promise<void> = Promise.resolve();

  constructor(
    private readonly url: string,
    private readonly picture: Picture,
  ) {}

  /** Asks once. Rejects where the answer is no prediction. */
  async ask(): Promise<z.infer<typeof answer>> {
    const { type, body } = this.picture;
    const signal = AbortSignal.timeout(LONGEST_ANSWER_MS);
    const response = await fetch(this.url, {
      method: "POST",
      headers: { "content-type": type },
      body,
      signal,
    });
    return answer.parse(await response.json());
  }

  come(): void {
    const { signal } = (this.leaving = new AbortController());
    this.visit = (async () => {
      while (!signal.aborted) {
        await this.ask();
      }
    })();
  }

  /** Rejects with the first request that failed. */
  async leave(): Promise<void> {
    this.leaving.abort();
    await this.visit;
  }
}
