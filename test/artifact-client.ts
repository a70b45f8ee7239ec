/** Sends files to a Timonel as a client would: one form each. */
import type { Artifact } from '../src/index.ts';
import type { TestTimonel } from './timonel.ts';

/** A picture of one pixel. */
export const pixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

export interface Upload {
  data: Uint8Array<ArrayBuffer> | string;
  name?: string;
  type?: string;
  query?: string;
  headers?: Record<string, string | undefined>;
}

/** Uploads within the process. */
export async function upload(timonel: TestTimonel, { data, name = 'a.bin', type = '', query = '', headers = {} }: Upload) {
  const form = new FormData();
  form.set('file', new Blob([data], { type }), name);
  const request = new Request('http://localhost/', { method: 'POST', body: form });
  const response = await timonel.timonel.app.inject({
    method: 'POST',
    url: `/api/v1/artifacts${query}`,
    payload: Buffer.from(await request.arrayBuffer()),
    headers: Object.fromEntries(
      Object.entries({
        authorization: `Bearer ${timonel.apiKey}`,
        'content-type': request.headers.get('content-type') ?? '',
        ...headers,
      }).flatMap(([header, value]) => (value === undefined ? [] : [[header, value]])),
    ),
  });
  return { status: response.statusCode, body: response.json<Artifact & { code?: string; detail?: string }>() };
}

/** Downloads; a header that is undefined is left out. */
export async function download(timonel: TestTimonel, url: string, headers: Record<string, string | undefined> = {}) {
  const response = await timonel.timonel.app.inject({
    method: 'GET',
    url: url.replace(/^https?:\/\/[^/]+/, ''),
    headers: Object.fromEntries(
      Object.entries({ authorization: `Bearer ${timonel.apiKey}`, ...headers }).flatMap(([name, value]) =>
        value === undefined ? [] : [[name, value]],
      ),
    ),
  });
  return { status: response.statusCode, bytes: response.rawPayload, headers: response.headers };
}
