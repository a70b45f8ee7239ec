/** A reply as mails: text and simple HTML, options as numbered lines, files as attachments. */
import type { MediaPart } from '../../vocabulary.ts';
import type { OutgoingContent, Rendered, WireMessage } from '../contract.ts';
import { cleanText, numberedText, offeredOptions } from '../rendering.ts';

/** Files of one mail, in bytes: base64 makes a third more of it, and many servers take 25 MB. */
export const mostBytes = 18_000_000;
const longestText = 100_000;

export function renderMail(content: OutgoingContent): Rendered {
  const options = offeredOptions(content.options);
  const words = cleanText(content.text).trim().slice(0, longestText).toWellFormed();
  const places = (content.parts ?? []).flatMap((part) =>
    part.type === 'location'
      ? [
          `${part.name === undefined ? '' : `${cleanText(part.name)}: `}https://maps.google.com/?q=${part.latitude},${part.longitude}`,
        ]
      : [],
  );
  const whole = [options.length === 0 ? words : numberedText(words, options), ...places].filter((each) => each !== '').join('\n\n');
  const files = packed((content.parts ?? []).filter((part) => part.type !== 'location'));
  const [first = [], ...rest] = files;
  if (whole === '' && first.length === 0) return { messages: [] };
  const messages: WireMessage[] = [
    { body: { text: whole }, files: first },
    ...rest.map((each) => ({ body: { text: '' }, files: each })),
  ];
  return { messages, ...(options.length === 0 ? {} : { numbered: options }) };
}

/** As many files in one mail as servers take. */
function packed(parts: readonly MediaPart[]): MediaPart[][] {
  const mails: MediaPart[][] = [];
  let room = 0;
  for (const part of parts) {
    const last = mails.at(-1);
    if (last === undefined || part.bytes > room) {
      mails.push([part]);
      room = mostBytes - part.bytes;
    } else {
      last.push(part);
      room -= part.bytes;
    }
  }
  return mails;
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Paragraphs and links of a text, and nothing else. */
export function htmlOf(text: string): string {
  const escaped = text.replace(/[&<>"]/g, (character) => entities[character] ?? '');
  const linked = escaped.replace(
    /https?:\/\/[^\s<>"&]+(?:&amp;[^\s<>"&]+)*[^\s<>"&.,;:!?)]/g,
    (url) => `<a href="${url}">${url}</a>`,
  );
  const paragraphs = linked.split(/\n{2,}/).map((each) => `<p>${each.replaceAll('\n', '<br>')}</p>`);
  return `<!doctype html><html><body>${paragraphs.join('')}</body></html>`;
}

/** The subject of an answer. */
export function answerSubject(subject: string | undefined, name: string): string {
  const own = (subject ?? '').trim();
  if (own === '') return name;
  return /^(?:re|rv|aw|sv)\s*(?:\[\d+\])?\s*:/i.test(own) ? own : `Re: ${own}`;
}
