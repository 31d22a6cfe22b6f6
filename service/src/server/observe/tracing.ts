import type { ServedCall } from "./served-call.js";

/** Sends a span for every request that has ended. */
export interface Tracing {
  record(call: ServedCall): void;
  /** Sends what is left. What cannot be sent is lost; that is not a fault of the service. */
  stop(): Promise<void>;
}

export interface TracingOptions {
  /** Of an OpenTelemetry collector, OTLP over HTTP: its base, without `/v1/traces`. */
  readonly endpoint: string;
  readonly service: { readonly name: string; readonly version: string };
  /** Told why spans that were left at the end are lost. */
  readonly onLost: (reason: unknown) => void;
}

/**
 * OpenTelemetry traces. Spans are made when a request has ended, from what is known then, so that serving costs nothing
 * more; the packages are only loaded when there is an endpoint. The SDK reads its usual OTEL_ variables besides.
 */
export async function createTracing({ endpoint, service, onLost }: TracingOptions): Promise<Tracing> {
  const [
    { ROOT_CONTEXT, SpanKind, SpanStatusCode, TraceFlags, trace },
    sdk,
    { OTLPTraceExporter },
    resources,
  ] = await Promise.all([
    import("@opentelemetry/api"),
    import("@opentelemetry/sdk-trace-base"),
    import("@opentelemetry/exporter-trace-otlp-http"),
    import("@opentelemetry/resources"),
  ]);
  const exporter = new OTLPTraceExporter({ url: `${endpoint.replace(/\/+$/, "")}/v1/traces` });
  const provider = new sdk.BasicTracerProvider({
    resource: resources.defaultResource().merge(
      resources.resourceFromAttributes({
        "service.name": service.name,
        "service.version": service.version,
      }),
    ),
    spanProcessors: [new sdk.BatchSpanProcessor(exporter)],
  });
  const tracer = provider.getTracer(service.name, service.version);

  return {
    record({ id, method, route, status, parent, started, notes = [], spans = [] }) {
      const context = parent
        ? trace.setSpanContext(ROOT_CONTEXT, {
            traceId: parent.traceId,
            spanId: parent.spanId,
            traceFlags: parent.sampled ? TraceFlags.SAMPLED : TraceFlags.NONE,
            isRemote: true,
          })
        : ROOT_CONTEXT;
      const attributes = {
        "http.request.method": method,
        "http.route": route,
        "http.response.status_code": status,
        "ai_model_service.request_id": id,
        ...Object.fromEntries(notes.map(([name, value]) => [`ai_model_service.${name}`, value])),
      };
      const span = tracer.startSpan(
        `${method} ${route}`,
        { kind: SpanKind.SERVER, startTime: epoch(started), attributes },
        context,
      );
      if (status >= 500) {
        span.setStatus({ code: SpanStatusCode.ERROR });
      }
      const inside = trace.setSpan(context, span);
      for (const [name, startedAt, endedAt] of spans) {
        tracer.startSpan(name, { startTime: epoch(startedAt) }, inside).end(epoch(endedAt));
      }
      span.end(epoch(performance.now()));
    },
    stop: () => provider.shutdown().catch(onLost),
  };
}

/** A time of `performance.now()` as milliseconds since 1970. */
function epoch(milliseconds: number): number {
  return performance.timeOrigin + milliseconds;
}
