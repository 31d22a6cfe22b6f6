import { giveTurn } from "../turns.js";
import type { Reply } from "./reply.js";

/** Characters up to which an answer is made at once and sent whole. */
const WHOLE = 128 * 1024;

/** Characters that a longer one is made and sent by. */
const A_WRITE = 64 * 1024;

/**
 * A JSON answer whose text is made in pieces: whole if it is short, otherwise piece by piece as the client takes it, with
 * turns of the event loop between them.
 */
export function jsonPieces(pieces: Iterator<string>): Reply {
  let text = "";
  for (;;) {
    const next = pieces.next();
    if (next.done === true) {
      return { status: 200, body: text };
    }
    text += next.value;
    if (text.length > WHOLE) {
      return { status: 200, body: inTurns(text, pieces) };
    }
  }
}

/** All of a text that is made in pieces, when its length is to be known before it is sent. */
export async function joinInTurns(pieces: Iterator<string>): Promise<string> {
  const written: string[] = [];
  for await (const text of inTurns("", pieces)) {
    written.push(text);
  }
  return written.join("");
}

/** What is `begun`, and then the rest. */
async function* inTurns(begun: string, pieces: Iterator<string>): AsyncGenerator<string> {
  let text = begun;
  for (let next = pieces.next(); next.done !== true; next = pieces.next()) {
    text += next.value;
    if (text.length > A_WRITE) {
      yield text;
      text = "";
      await giveTurn();
    }
  }
  yield text;
}
