import { describe, expect, it } from "vitest";
import { readSettings, SETTINGS } from "#service/inference/settings.js";
import { flagOf, type Setting } from "#service/server/settings/definition.js";
import { SettingsError } from "#service/server/settings/read.js";

function faultsOf(environment: Record<string, string>, flags = {}): readonly string[] {
  try {
    readSettings(environment, flags);
    return [];
  } catch (error) {
    if (error instanceof SettingsError) {
      return error.faults;
    }
    throw error;
  }
}

describe("settings", () => {
  it("have defaults, also where a variable is empty", () => {
    expect(readSettings({})).toMatchObject({ port: 8000, host: "127.0.0.1", workers: 1 });
    expect(readSettings({})).toMatchObject({ adminPort: undefined, apiKeys: undefined, corsOrigins: [] });
    expect(readSettings({ PORT: "", ADMIN_PORT: "" })).toEqual(readSettings({}));
  });

  it("come from variables, and from flags before them", () => {
    expect(readSettings({ PORT: "1234", API_KEYS: "a, b,", MAX_BATCH_DELAY_MS: "0.5" })).toMatchObject({
      port: 1234,
      apiKeys: ["a", "b"],
      maxBatchDelayMs: 0.5,
    });
    expect(readSettings({ PORT: "1234" }, { port: "4321" }).port).toBe(4321);
  });

  it("are all checked before one sentence each says what is wrong", () => {
    expect(
      faultsOf(
        { PORT: "http", MAX_BODY_BYTES: "1.5", QUEUE_ROWS: "0", LOG_LEVEL: "loud" },
        { workers: "-1" },
      ),
    ).toEqual([
      'PORT must be a number, not "http".',
      'MAX_BODY_BYTES must be a whole number, not "1.5".',
      'LOG_LEVEL must be one of fatal, error, warn, info, debug, trace, silent, not "loud".',
      'QUEUE_ROWS must be at least 1, not "0".',
      'WORKERS must be at least 1, not "-1".',
    ]);
    expect(faultsOf({ OTEL_EXPORTER_OTLP_ENDPOINT: "collector:4318" })).toEqual([
      'OTEL_EXPORTER_OTLP_ENDPOINT must be a URL that begins with http:// or https://, not "collector:4318".',
    ]);
  });

  it.each(["", ",", " , "])("do not take a list of keys without a key for an open door: %j", (typed) => {
    for (const variable of ["API_KEYS", "ADMIN_API_KEYS"]) {
      expect(faultsOf({ [variable]: typed })).toEqual([`${variable} holds no key; unset it to do without.`]);
    }
    expect(faultsOf({ API_KEYS_FILE: "" })).toEqual(['API_KEYS_FILE must not be empty, not "".']);
  });

  it("never show a key, and take none as a flag, which the machine's other users could see", () => {
    expect(faultsOf({ API_KEYS: "good,sécret" })).toEqual([
      "API_KEYS must be keys of visible ASCII characters.",
    ]);
    expect(faultsOf({}, { apiKeys: "secret" })).toEqual([
      "API_KEYS is not taken as --api-keys, which every user of this machine could see; set the variable.",
    ]);
  });

  it("name web pages by their origins", () => {
    const CORS_ORIGINS = "https://app.example.com, http://localhost:3000";
    expect(readSettings({ CORS_ORIGINS }).corsOrigins).toEqual([
      "https://app.example.com",
      "http://localhost:3000",
    ]);
    for (const typed of ["app.example.com", "https://app.example.com/", "*", "null", "https://A.example"]) {
      expect(faultsOf({ CORS_ORIGINS: typed })).toHaveLength(1);
    }
  });

  it("may not contradict each other", () => {
    expect(faultsOf({ ADMIN_PORT: "8000" })).toEqual(["ADMIN_PORT (8000) must be another port than PORT."]);
    expect(faultsOf({ PORT: "0", ADMIN_PORT: "0" })).toEqual([]);
    expect(faultsOf({ SHUTDOWN_DELAY_SECONDS: "30" })).toEqual([
      "SHUTDOWN_DELAY_SECONDS (30) must be less than SHUTDOWN_GRACE_SECONDS (25), which includes it.",
    ]);
    expect(faultsOf({ SHUTDOWN_DELAY_SECONDS: "0", SHUTDOWN_GRACE_SECONDS: "0" })).toEqual([]);
  });

  it.each(Object.values(SETTINGS))(
    "$variable has a default that is valid, and one name for variable and flag",
    (setting: Setting) => {
      expect(setting.schema.safeParse(setting.fallback).success).toBe(true);
      expect(flagOf(setting).slice(2).toUpperCase().replaceAll("-", "_")).toBe(setting.variable);
    },
  );
});
