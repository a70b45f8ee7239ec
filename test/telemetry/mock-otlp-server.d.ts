/** What the tests use of a package that brings no types. */
declare module '@elastic/mockotlpserver' {
  export class MockOtlpServer {
    constructor(options: {
      logLevel?: string;
      services?: ('http' | 'grpc' | 'ui')[];
      httpHostname?: string;
      httpPort?: number;
      onTrace?(trace: unknown): void;
      onRequest?(request: { headers?: Record<string, string> }): void;
    });
    httpUrl: URL;
    start(): Promise<void>;
    close(): Promise<void>;
  }
  export function normalizeTrace(trace: unknown): {
    resourceSpans: {
      resource: { attributes: Record<string, unknown> };
      scopeSpans: {
        schemaUrl?: string;
        spans: {
          name: string;
          kind: string;
          traceId: string;
          spanId: string;
          parentSpanId?: string;
          attributes?: Record<string, unknown>;
          events?: { name: string; attributes?: Record<string, unknown> }[];
          status?: { code?: string; message?: string };
        }[];
      }[];
    }[];
  };
}
