import { connect, type Socket } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { identity } from "../../../models/arithmetic.js";
import { lookUp } from "../../../models/look-up.js";
import { quadrants, quadrantsConfig } from "../../../models/pictures.js";
import { RepositoryFixture } from "../engine/repository-fixture.js";
import { bestOf } from "../best-of.js";
import { HOSTILE, type Hostile } from "./bodies.js";
import { LimitedServer } from "./limited-server.js";

const LIMIT = 512 * 2 ** 20;
const AT_ONCE = 64;

/** Milliseconds within which `/livez` is answered. */
const PROMPT_MS = 250;

/** How long it is waited for answers; what has none by then goes on, and must do no harm either. */
const PATIENCE_MS = 1500;

let repository: RepositoryFixture;
let server: LimitedServer | undefined;
const sockets = new Set<Socket>();

beforeAll(async () => {
  repository = await RepositoryFixture.create();
  await repository.putModel("quadrants", "1", quadrants());
  await repository.putConfig("quadrants", quadrantsConfig);
  await repository.putModel("look-up", "1", lookUp());
  await repository.putModel("wide", "1", identity("FLOAT", ["N", "M"]));
});
// Their answers need not be waited for: what is sent next meets what is still being worked on.
afterEach(() => {
  sockets.forEach((socket) => socket.destroy());
  sockets.clear();
});
afterAll(async () => {
  await server?.stop();
  await repository.dispose();
});

/** One that lives: what ends it is the fault of that test, not of the next. */
async function livingServer(): Promise<LimitedServer> {
  if (server?.isAlive !== true) {
    await server?.stop();
    server = await LimitedServer.start(LIMIT, {
      MODEL_REPOSITORY: repository.root,
      DEFAULT_MODEL: "quadrants",
    });
  }
  return server;
}

/** Sends it, and resolves with the first bytes of the answer, or nothing when there is none. */
function send({ pieces, isRead }: Hostile, port: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => pieces.forEach((piece) => socket.write(piece)));
    sockets.add(socket);
    socket.on("error", () => resolve(""));
    socket.on("close", () => resolve(""));
    if (isRead) {
      socket.on("data", (bytes) => resolve(bytes.toString("latin1")));
    }
  });
}

async function sendAtOnce(hostile: Hostile, count: number, port: number): Promise<void> {
  const patience = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
  await Promise.race([Promise.all(Array.from({ length: count }, () => send(hostile, port))), patience]);
}

describe.each(HOSTILE.map((hostile) => [hostile.name, hostile] as const))("%s", (_, hostile) => {
  it.each([1, AT_ONCE])(
    "leaves the server alive, answering and within its memory: %i at once",
    async (count) => {
      const living = await livingServer();
      const slowest = await bestOf(PROMPT_MS, async () => {
        await living.seen();
        await sendAtOnce(hostile, count, living.port);
        const seen = await living.seen();
        expect(living.isAlive).toBe(true);
        expect(seen.failure).toBeUndefined();
        expect(seen.highest).toBeLessThan(LIMIT);
        return seen.slowest;
      });
      expect(slowest).toBeLessThan(PROMPT_MS);
    },
  );
});
