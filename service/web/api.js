/** The server cannot answer now and may later: not reachable, starting, full, shutting down. */
export class Unavailable extends Error {}

/** The server understood and refused; its sentence says why. */
export class Refused extends Error {}

/** The server wants an API key, or another one. */
export class KeyNeeded extends Error {}

/** Statuses that a proxy or the server gives for "later": 502, 503, 504. */
const LATER = new Set([502, 503, 504]);

let key = "";

/** Sends `apiKey` with every later request. It is kept in this page's memory alone. */
export function useKey(apiKey) {
  key = apiKey;
}

async function request(path, init = {}) {
  const headers = key ? { ...init.headers, "x-api-key": key } : init.headers;
  const response = await fetch(path, { ...init, headers }).catch(() => {
    throw new Unavailable("The server cannot be reached.");
  });
  if (response.ok) return response;
  const body = await response.json().catch(() => ({}));
  const message = typeof body.error === "string" ? body.error : `The server answered ${response.status}.`;
  if (response.status === 401) throw new KeyNeeded(message);
  throw LATER.has(response.status) ? new Unavailable(message) : new Refused(message);
}

/** Sends a PNG; gives the answer, with `top` labels and the picture as the model saw it, and the round trip in seconds. */
export async function predict(png, top) {
  const start = performance.now();
  const response = await request(`predict?top=${top}&view=true`, {
    method: "POST",
    headers: { "content-type": "image/png" },
    body: png,
  });
  const answer = await response.json();
  return { answer, seconds: (performance.now() - start) / 1000 };
}

/** Resolves when the server is ready to predict. */
export async function ready() {
  await request("readyz");
}

/** The model that serves, when there is exactly one: `{name, version}`. */
export async function onlyModel() {
  const { model_stats: serving } = await (await request("v2/models/stats")).json();
  return serving.length === 1 ? serving[0] : undefined;
}

/** Open Inference Protocol metadata of a model: its inputs and outputs. */
export async function metadata(name) {
  return (await request(`v2/models/${encodeURIComponent(name)}`)).json();
}
