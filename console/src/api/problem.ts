/** What the API says when it refuses: problem+json, or that it could not be reached. */
export class ApiProblem extends Error {
  readonly status: number;
  readonly code: string;
  readonly requestId: string | undefined;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(status: number, code: string, message: string, requestId?: string, details: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.requestId = requestId;
    this.details = details;
  }

  /** The server was not reached, or is not ready: the same request may work later. */
  get passing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

export function problemOf(error: unknown): ApiProblem {
  return error instanceof ApiProblem ? error : new ApiProblem(0, 'unknown', error instanceof Error ? error.message : String(error));
}

/** The problem in an answer that is none of success. */
export async function readProblem(response: Response): Promise<ApiProblem> {
  const body = (await response.json().catch(() => ({}))) as Record<string, unknown>;
  // `errorDetails` is what the protocol for feature flags calls it.
  const { code, detail = body['errorDetails'], title, ...details } = body;
  return new ApiProblem(
    response.status,
    typeof code === 'string' ? code : `http_${response.status}`,
    typeof detail === 'string' ? detail : typeof title === 'string' ? title : response.statusText,
    response.headers.get('x-request-id') ?? undefined,
    details,
  );
}
