/** Environment variables of the service that the program sets. */
export const ENVIRONMENT = {
  port: "PORT",
  adminPort: "ADMIN_PORT",
  host: "HOST",
  apiKeysFile: "API_KEYS_FILE",
  modelRepository: "MODEL_REPOSITORY",
  logLevel: "LOG_LEVEL",
  shutdownGraceSeconds: "SHUTDOWN_GRACE_SECONDS",
  shutdownDelaySeconds: "SHUTDOWN_DELAY_SECONDS",
} as const;
