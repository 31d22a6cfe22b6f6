/** What delivery does to a stack. */
export interface Deployable {
  /** The image that it runs; undefined before its first update. Rejects where that cannot be read. */
  running(): Promise<string | undefined>;
  /** Makes it run an image. Rejects when the update fails. */
  update(image: string): Promise<void>;
  /** Asks it for a prediction. Rejects with what was wrong with that. */
  predict(): Promise<void>;
}

/**
 * Puts an image into service and asks for a prediction. Where either fails, the stack returns to the image that ran before,
 * and this rejects: it is for a pipeline to stop at. Returns what to say when all went well.
 */
export async function deliver(image: string, stack: Deployable): Promise<string> {
  const before = await stack.running();
  const failure = await tryOut(image, stack);
  if (failure === undefined) {
    return `${image} is in service and predicts.`;
  }
  throw new Error(`${image} was not put into service. ${failure}\n${await giveBack(before, image, stack)}`);
}

async function giveBack(before: string | undefined, image: string, stack: Deployable): Promise<string> {
  if (before === undefined) {
    return "The stack ran no image before, so there is none to return to.";
  }
  if (before === image) {
    return "It is the image that ran before, so there is none to return to.";
  }
  const failure = await tryOut(before, stack);
  return failure === undefined
    ? `The stack runs ${before} again.`
    : `The return to ${before} failed too. ${failure}\nThe stack needs a person now.`;
}

/** Why an image cannot be put into service; undefined where it predicts. */
async function tryOut(image: string, stack: Deployable): Promise<string | undefined> {
  try {
    await stack.update(image);
    await stack.predict();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
