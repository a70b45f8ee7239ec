import { type Answer, request } from '../../api/client.ts';

export type ReplyOptions = Answer<'GET /api/v1/conversations/{id}/reply-options'>;
export type CannedText = Answer<'GET /api/v1/canned-texts'>['cannedTexts'][number];

/** A file that goes with a reply. */
export interface Attachment {
  key: string;
  file: File;
  /** How the server named it once it was sent there: it is not sent twice. */
  part?: { type: 'image' | 'audio' | 'file'; artifact: string };
}

/** What a browser takes a file for; the server looks at its bytes. */
function kindOf(mediaType: string): 'image' | 'audio' | 'file' {
  if (mediaType.startsWith('image/') && mediaType !== 'image/svg+xml') return 'image';
  return mediaType.startsWith('audio/') ? 'audio' : 'file';
}

/** Bytes that the channel takes of such a file, where this one has more. */
export function tooLarge({ file }: Attachment, options: ReplyOptions | undefined): number | undefined {
  const most = options?.fileBytes[kindOf(file.type)];
  return most !== undefined && file.size > most ? most : undefined;
}

/** @throws ApiProblem */
export async function uploaded({ file, part }: Attachment): Promise<NonNullable<Attachment['part']>> {
  if (part !== undefined) return part;
  const form = new FormData();
  form.append('file', file);
  const { value } = await request<{ id: string; mediaType: string }>('POST', '/api/v1/artifacts', { raw: form });
  return { type: kindOf(value.mediaType), artifact: value.id };
}
