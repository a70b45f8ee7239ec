/** Replies as messages of the Cloud API, within its limits. Source: Meta's OpenAPI of the Cloud API v23.0, and its reference. */
import type { MediaPart } from '../../vocabulary.ts';
import type { OpenConnection, OutgoingContent, Rendered, WireMessage } from '../contract.ts';
import { captionedPart, choiceOf, cleanText, numberedText, pieces, shortened, type TextLimits } from '../rendering.ts';
import { templateOf } from '../templates.ts';

export const whatsappLimits = {
  text: 4_096,
  body: 1_024,
  buttons: { most: 3, title: 20 },
  list: { most: 10, title: 24, description: 72 },
  // Of a row; a button's may have 256.
  id: 200,
} as const satisfies TextLimits;

const longestCaption = 1_024;

const listButton = { es: 'Ver opciones', en: 'See options' };

/** @throws TimonelError `template_unknown` */
export function renderWhatsapp(content: OutgoingContent, connection: OpenConnection): Rendered {
  if (content.template !== undefined) return { messages: [templateMessage(connection, content.template)] };
  const text = cleanText(content.text).trim();
  const choice = choiceOf({ ...content, text }, whatsappLimits);
  const captioned = captionedPart({ ...content, text }, longestCaption);
  const messages: WireMessage[] = (content.parts ?? []).map((part) =>
    part.type === 'location'
      ? {
          body: {
            type: 'location',
            location: {
              latitude: part.latitude,
              longitude: part.longitude,
              ...(part.name === undefined ? {} : { name: part.name }),
            },
          },
        }
      : mediaMessage(part, part === captioned ? text : undefined),
  );
  if (choice.kind === 'buttons') {
    const buttons = choice.options.map((option) => ({ type: 'reply', reply: { id: option, title: option } }));
    messages.push(interactive('button', text, { buttons }));
  } else if (choice.kind === 'list') {
    const { language } = connection.settings;
    messages.push(
      interactive('list', text, {
        button: listButton[language],
        sections: [{ title: shortened(listButton[language], 24), rows: choice.rows }],
      }),
    );
  } else if (captioned === undefined) {
    const whole = choice.kind === 'numbered' ? numberedText(text, choice.options) : text;
    messages.push(...pieces(whole, whatsappLimits.text).map((piece) => ({ body: { type: 'text', text: { body: piece } } })));
  }
  return { messages, ...(choice.kind === 'numbered' ? { numbered: choice.options } : {}) };
}

function mediaMessage(media: MediaPart, caption: string | undefined): WireMessage {
  const type = mediaTypeOf(media);
  return { body: { type, [type]: caption === undefined ? {} : { caption } }, media };
}

function interactive(type: 'button' | 'list', text: string, action: object): WireMessage {
  return { body: { type: 'interactive', interactive: { type, body: { text }, action } } };
}

function templateMessage(connection: OpenConnection, use: NonNullable<OutgoingContent['template']>): WireMessage {
  const { entry, values } = templateOf(connection, use);
  const parameters = values.map((text) => ({ type: 'text', text }));
  return {
    body: {
      type: 'template',
      template: {
        name: entry.name,
        language: { code: entry.language },
        ...(parameters.length === 0 ? {} : { components: [{ type: 'body', parameters }] }),
      },
    },
  };
}

const pictures = new Set(['image/jpeg', 'image/png']);
const sounds = new Set(['audio/ogg', 'audio/aac', 'audio/amr', 'audio/mpeg', 'audio/mp4']);

/** What the API takes as a picture or a sound; all else is a document. */
function mediaTypeOf({ mediaType, bytes }: MediaPart): 'image' | 'audio' | 'video' | 'document' {
  const type = mediaType.split(';')[0]?.trim() ?? '';
  if (pictures.has(type) && bytes <= 5_242_880) return 'image';
  if (sounds.has(type) && bytes <= 16_777_216) return 'audio';
  if ((type === 'video/mp4' || type === 'video/3gpp') && bytes <= 16_777_216) return 'video';
  return 'document';
}
