import { PROJECT } from "./keys.js";

/** By which an Ingress says that TLS ends elsewhere or nowhere, because the settings want it so. */
export const TLS_ANNOTATION = `${PROJECT}/tls`;
