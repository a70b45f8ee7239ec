/** What a request that failed may have done. */

/** Failures before the first byte of a request leaves. */
const beforeSending = new Set([
  'UND_ERR_CONNECT_TIMEOUT',
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/** Whether nothing of the request left, so that nothing happened at the other side. */
export const wasNotSent = (code: string | undefined): boolean => code !== undefined && beforeSending.has(code);

/** The code of a failure, or of what caused it; `undefined` where none has one. */
export function networkErrorCode(error: unknown): string | undefined {
  for (let each: unknown = error; each instanceof Error; each = each.cause) {
    const { code } = each as { code?: unknown };
    if (typeof code === 'string') return code;
    if (each instanceof AggregateError && each.errors.length > 0) return networkErrorCode(each.errors[0]);
  }
  return undefined;
}
