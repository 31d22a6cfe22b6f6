import { fileURLToPath } from "node:url";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { launchChromium } from "./chromium.js";
import { ServerProcess } from "./server-process.js";
import { DIGITS, type Point, type Stroke } from "./strokes.js";

function fixture(name: string) {
  return fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));
}
const SCREENSHOT = fileURLToPath(new URL("../../docs/playground.png", import.meta.url));

/** Where and how large a digit is drawn, as shares of the pad. */
interface Place {
  readonly x: number;
  readonly y: number;
  readonly size: number;
}

const MIDDLE: Place = { x: 0.2, y: 0.15, size: 0.7 };

let server: ServerProcess;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await Promise.all([ServerProcess.start(), launchChromium()]);
});
afterAll(async () => {
  await browser.close();
  expect(await server.stop()).toBe(0);
});

/** What the page threw, and what its Content-Security-Policy blocked. */
let faults: string[] = [];
afterEach(() => {
  expect(faults).toEqual([]);
});

async function openPage(options: BrowserContextOptions = {}): Promise<Page> {
  faults = [];
  const page = await (await browser.newContext(options)).newPage();
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("console", (message) => {
    if (message.text().includes("Content Security Policy")) {
      faults.push(message.text());
    }
  });
  await page.goto(server.url);
  return page;
}

/** From a digit's square to the window. */
async function placer(page: Page, { x, y, size }: Place): Promise<(point: Point) => Point> {
  const box = await page.locator("#ink").boundingBox();
  if (box === null) {
    throw new Error("the pad does not show");
  }
  return ([px, py]) => [box.x + (x + px * size) * box.width, box.y + (y + py * size) * box.height];
}

async function drawWithMouse(page: Page, strokes: readonly Stroke[], place = MIDDLE): Promise<void> {
  const at = await placer(page, place);
  for (const [first = [0, 0] as const, ...rest] of strokes) {
    await page.mouse.move(...at(first));
    await page.mouse.down();
    for (const point of rest) {
      await page.mouse.move(...at(point), { steps: 3 });
    }
    await page.mouse.up();
  }
}

async function drawWithFinger(page: Page, strokes: readonly Stroke[], place = MIDDLE): Promise<void> {
  const at = await placer(page, place);
  const protocol = await page.context().newCDPSession(page);
  const touch = (type: "touchStart" | "touchMove" | "touchEnd", points: readonly Point[]) =>
    protocol.send("Input.dispatchTouchEvent", {
      type,
      touchPoints: points.map((point) => ({ x: at(point)[0], y: at(point)[1] })),
    });
  for (const [first = [0, 0] as const, ...rest] of strokes) {
    await touch("touchStart", [first]);
    for (const point of rest) {
      await touch("touchMove", [point]);
    }
    await touch("touchEnd", []);
  }
}

function label(page: Page) {
  return () => page.locator("#label").textContent();
}
function digit(name: string): readonly Stroke[] {
  return DIGITS[name] ?? [];
}

describe("a digit drawn with the mouse", () => {
  it.each(Object.keys(DIGITS))("%s is recognised", async (name) => {
    const page = await openPage();
    await drawWithMouse(page, digit(name));
    await expect.poll(label(page)).toBe(name);
    await page.context().close();
  });

  it.each([
    ["small in the upper left corner", { x: 0.05, y: 0.05, size: 0.3 }],
    ["small in the lower right corner", { x: 0.6, y: 0.62, size: 0.33 }],
    ["as large as the pad", { x: 0.04, y: 0.04, size: 0.92 }],
  ])("is recognised %s", async (_, place) => {
    const page = await openPage();
    for (const name of ["2", "5", "7"]) {
      await page.getByRole("button", { name: "Clear" }).click();
      await drawWithMouse(page, digit(name), place);
      await expect.poll(label(page)).toBe(name);
    }
    await page.context().close();
  });

  it("shows a bar for every label, the model and what the model saw", async () => {
    const page = await openPage({ viewport: { width: 1100, height: 850 } });
    await drawWithMouse(page, digit("3"));
    await expect.poll(label(page)).toBe("3");
    const names = await page.locator("#chart .name").allTextContents();
    expect(names).toEqual(["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
    const best = page.getByRole("meter", { name: "3" });
    expect(Number(await best.getAttribute("aria-valuenow"))).toBeGreaterThan(0.5);
    expect(await page.locator("#model").textContent()).toBe("mnist, version 1");
    expect(await page.locator("#latency").textContent()).toMatch(/^\d+\.\d ms$/);
    expect(await page.locator("#seen-picture").isVisible()).toBe(true);
    if (process.env.SCREENSHOT) {
      await page.screenshot({ path: SCREENSHOT });
    }
    await page.context().close();
  });
});

describe("the pad", () => {
  it("takes a finger on a phone, without sideways scrolling", async () => {
    const page = await openPage({ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });
    await drawWithFinger(page, digit("4"));
    await expect.poll(label(page)).toBe("4");
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(360);
    await page.context().close();
  });

  it("takes the keyboard", async () => {
    const page = await openPage();
    await page.locator("#ink").focus();
    for (let i = 0; i < 9; i++) {
      await page.keyboard.press("ArrowUp");
    }
    await page.keyboard.press("Space");
    for (let i = 0; i < 18; i++) {
      await page.keyboard.press("ArrowDown");
    }
    await page.keyboard.press("Space");
    await expect.poll(label(page)).toBe("1");
    await page.context().close();
  });

  it("undoes a stroke and clears", async () => {
    const page = await openPage();
    await drawWithMouse(page, digit("1"));
    await expect.poll(label(page)).toBe("1");
    await drawWithMouse(page, digit("0"));
    await page.keyboard.press("Control+z");
    await expect.poll(label(page)).toBe("1");
    await page.keyboard.press("Escape");
    await expect.poll(label(page)).toBe("–");
    await page.context().close();
  });

  it("takes a picture, and says when a file is none", async () => {
    const page = await openPage();
    await page.locator("#file").setInputFiles(fixture("digit-6.png"));
    await expect.poll(label(page)).toBe("6");
    await page.locator("#file").setInputFiles(fixture("digits.json"));
    await expect.poll(() => page.locator("#notice").textContent()).toContain("digits.json is not a picture");
    await page.context().close();
  });
});

describe("a server that is away", () => {
  it("is waited for, and asked again", async () => {
    const page = await openPage();
    await server.stop();
    await drawWithMouse(page, digit("7"));
    await expect.poll(() => page.locator("#notice").textContent()).toContain("cannot be reached");
    server = await ServerProcess.start(server.port);
    await expect.poll(label(page), { timeout: 10_000 }).toBe("7");
    expect(await page.locator("#notice").isVisible()).toBe(false);
    await page.context().close();
  });
});
