import manifest from "../../../package.json" with { type: "json" };

/** The service's name and version, as its metadata, metrics and `--version` give them. */
export const SERVICE = { name: "ai-model-service", version: manifest.version } as const;
