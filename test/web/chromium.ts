import { existsSync } from "node:fs";
import { chromium, type Browser } from "playwright-core";

const WELL_KNOWN = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/opt/google/chrome/chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];

/** Path of Chromium or Chrome: CHROMIUM_PATH, else where systems have it. */
export function findChromium(): string | undefined {
  return process.env.CHROMIUM_PATH ?? WELL_KNOWN.find(existsSync);
}

/** A browser without a window that reaches nothing but the pages it is sent to. */
export function launchChromium(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === undefined) {
    throw new Error("there is no Chromium; set CHROMIUM_PATH");
  }
  const args = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ];
  return chromium.launch({ executablePath, args });
}
