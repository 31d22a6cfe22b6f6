import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import { ServiceError } from "../errors.js";
import { errorBody } from "./error-response.js";

/** Answers what is not even HTTP, or whose headers came too slowly, and closes. */
export function refuse(fault: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || fault.code === "ECONNRESET") {
    socket.destroy();
    return;
  }
  const error = protocolError(fault.code);
  const body = JSON.stringify(errorBody(error));
  socket.end(
    `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status] ?? ""}\r\nConnection: close\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

function protocolError(code: string | undefined): ServiceError {
  switch (code) {
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return new ServiceError("request_timeout", "The request took too long to arrive.");
    case "HPE_HEADER_OVERFLOW":
      return new ServiceError("headers_too_large", "The headers are too large.");
    default:
      return new ServiceError("invalid_input", "This is not a valid HTTP/1.1 request.");
  }
}
