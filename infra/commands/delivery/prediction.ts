import { readFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import { z } from "zod";

import { PATHS } from "@ai-model-service/contract/http";

/** A picture of a digit, and which it is. */
const PICTURE = fileURLToPath(new URL("../../../test/fixtures/digit-7.png", import.meta.url));
const DIGIT = "7";

const answerSchema = z.object({ predictions: z.array(z.object({ label: z.string() })).min(1) });

/** How an address is asked. */
interface Asking {
  readonly key?: string | undefined;
  /** Longest that an address that does not answer, or not yet, is asked again: a load balancer's name takes a while to be known. */
  readonly patienceSeconds?: number;
  readonly attemptSeconds?: number;
  readonly pauseSeconds?: number;
}

/** A prediction that did not come out; `final` where to ask again would change nothing. */
class PredictionError extends Error {
  constructor(
    message: string,
    readonly final: boolean,
  ) {
    super(message);
  }
}

/** Asks the service at an address which digit a picture shows. Rejects with its answer where that is not the digit. */
export async function expectPrediction(url: string, asking: Asking = {}): Promise<void> {
  const { patienceSeconds = 90, pauseSeconds = 2 } = asking;
  const end = Date.now() + patienceSeconds * 1000;
  for (;;) {
    try {
      return await predict(url, asking);
    } catch (error) {
      if (!(error instanceof PredictionError) || error.final || Date.now() + pauseSeconds * 1000 > end) {
        throw error;
      }
      await wait(pauseSeconds * 1000);
    }
  }
}

async function predict(url: string, { key, attemptSeconds = 15 }: Asking): Promise<void> {
  const { status, text } = await ask(`${url.replace(/\/$/, "")}${PATHS.predict}`, key, attemptSeconds);
  if (status !== 200) {
    const mayPass = status >= 500 || status === 404 || status === 429;
    throw new PredictionError(`${url} answered with status ${status}: ${text.slice(0, 300)}`, !mayPass);
  }
  const { data } = answerSchema.safeParse(json(text));
  if (data?.predictions[0]?.label !== DIGIT) {
    throw new PredictionError(
      `${url} took the picture of a ${DIGIT} for something else: ${text.slice(0, 300)}`,
      true,
    );
  }
}

async function ask(
  url: string,
  key: string | undefined,
  seconds: number,
): Promise<{ status: number; text: string }> {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "image/png", ...(key !== undefined && { "x-api-key": key }) },
      body: readFileSync(PICTURE),
      signal: AbortSignal.timeout(seconds * 1000),
    });
    return { status: response.status, text: await response.text() };
  } catch (error) {
    const { cause } = error as { cause?: { code?: string } };
    const why = cause?.code ?? (error instanceof Error ? error.message : String(error));
    throw new PredictionError(`${url} does not answer: ${why}.`, false);
  }
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
