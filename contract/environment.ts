/** Environment variables of the service that the program sets. */
export const ENVIRONMENT = {
  port: "PORT",
  host: "HOST",
  modelRepository: "MODEL_REPOSITORY",
  logLevel: "LOG_LEVEL",
  shutdownGraceSeconds: "SHUTDOWN_GRACE_SECONDS",
  shutdownDelaySeconds: "SHUTDOWN_DELAY_SECONDS",
} as const;
