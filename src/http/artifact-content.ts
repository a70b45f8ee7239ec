/** An artifact on its way to a client: never shown by a browser as a page of this server. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Artifacts } from '../artifacts/artifacts.ts';
import type { ByteRange, StoredArtifact } from '../artifacts/contract.ts';
import { contentDisposition } from '../artifacts/file-name.ts';

/** Sends its bytes, or those that are asked for: what a client has of an earlier answer it need not get again. */
export async function sendArtifact(
  artifacts: Artifacts,
  artifact: StoredArtifact,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { bytes, sha256, mediaType, name } = artifact;
  const tag = `"${sha256}"`;
  reply.headers({
    etag: tag,
    'cache-control': 'private, no-cache',
    'accept-ranges': 'bytes',
    'content-disposition': contentDisposition(name),
    'x-content-type-options': 'nosniff',
    // Also for who opens the saved address in a browser that ignores the disposition.
    'content-security-policy': "default-src 'none'; sandbox",
  });
  if (request.headers['if-none-match'] === tag) return reply.code(304).send();
  const ifRange = request.headers['if-range'];
  const range = ifRange === undefined || ifRange === tag ? rangeOf(request.headers.range, bytes) : undefined;
  if (range === 'unsatisfiable') return reply.code(416).header('content-range', `bytes */${bytes}`).send();
  const stream = await artifacts.read(artifact, range);
  // Nobody reads the answer to a client that has gone: the file or the connection behind it is let go of.
  reply.raw.once('close', () => stream.destroy());
  if (range !== undefined) reply.code(206).header('content-range', `bytes ${range.start}-${range.end}/${bytes}`);
  return reply
    .type(mediaType.startsWith('text/') ? `${mediaType}; charset=utf-8` : mediaType)
    .header('content-length', String(range === undefined ? bytes : range.end - range.start + 1))
    .send(stream);
}

/** One range of bytes (RFC 9110); for several, or what is none, the whole is sent, as the standard allows. */
function rangeOf(header: string | undefined, bytes: number): ByteRange | 'unsatisfiable' | undefined {
  const [, first = '', last = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '') ?? [];
  if (first === '' && last === '') return undefined;
  if (first === '') return Number(last) === 0 ? 'unsatisfiable' : { start: Math.max(0, bytes - Number(last)), end: bytes - 1 };
  const start = Number(first);
  if (start >= bytes) return 'unsatisfiable';
  const end = last === '' ? bytes - 1 : Math.min(Number(last), bytes - 1);
  return end < start ? undefined : { start, end };
}
