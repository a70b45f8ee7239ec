import type { MediaPart } from '../vocabulary.ts';
import type { Artifact } from './contract.ts';

/** An artifact as a part of a message or of a reply. */
export function partOf({ id, name, mediaType, bytes }: Pick<Artifact, 'id' | 'name' | 'mediaType' | 'bytes'>): MediaPart {
  const type = isPicture(mediaType) ? 'image' : mediaType.startsWith('audio/') ? 'audio' : 'file';
  return { type, artifact: id, name, mediaType, bytes };
}

/** Whether a content can be sent as that kind of part. Recorders put sound into containers that are made for films. */
export function fits(type: MediaPart['type'], mediaType: string): boolean {
  if (type === 'file') return true;
  if (type === 'image') return isPicture(mediaType);
  return mediaType.startsWith('audio/') || /^(?:video\/(?:webm|mp4|ogg)|application\/ogg)$/.test(mediaType);
}

/** A drawing in XML is a document that may hold programs. */
function isPicture(mediaType: string): boolean {
  return mediaType.startsWith('image/') && mediaType !== 'image/svg+xml';
}
