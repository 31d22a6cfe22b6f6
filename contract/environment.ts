/** Environment variables of the service that the program sets, or that must not be set beside what it sets. */
export const ENVIRONMENT = {
  port: "PORT",
  adminPort: "ADMIN_PORT",
  host: "HOST",
  apiKeys: "API_KEYS",
  adminApiKeys: "ADMIN_API_KEYS",
  apiKeysFile: "API_KEYS_FILE",
  modelRepository: "MODEL_REPOSITORY",
  modelCache: "MODEL_CACHE",
  executionProvider: "EXECUTION_PROVIDER",
  logLevel: "LOG_LEVEL",
  shutdownGraceSeconds: "SHUTDOWN_GRACE_SECONDS",
  shutdownDelaySeconds: "SHUTDOWN_DELAY_SECONDS",
} as const;
