import { describe, expect, it } from 'vitest';
import type { OpenConnection, OutgoingContent } from '../../src/channels/contract.ts';
import { chosenOption, pieces } from '../../src/channels/rendering.ts';
import { renderWhatsapp } from '../../src/channels/whatsapp/render.ts';
import { faultOfMessage } from './message-limits.ts';

const connection = {
  id: 'c',
  workspaceId: 'default',
  channel: 'whatsapp',
  name: 'salon',
  agent: 'booking',
  account: '1',
  settings: {
    language: 'es',
    voiceReplies: false,
    quietMs: 0,
    conversationHours: 24,
    templates: [{ name: 'reopen', language: 'es_AR', parameters: ['name', 'text'], reopens: true }],
  },
  secrets: {},
  previous: undefined,
} satisfies OpenConnection;

/** A seeded generator: a failure names the reply that it comes from. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const words = [
  'corte',
  'mañana',
  'Ñandú',
  'haircut',
  'tomorrow',
  '🏨',
  '👩🏽‍🦱',
  '👨‍👩‍👧‍👦',
  '🇦🇷',
  'é',
  'مرحبا',
  'שלום',
  '\u202bحجز\u202c',
  'Transfer',
  'desde',
  'aeropuerto',
  'Otorrinolaringología',
  'x'.repeat(80),
  '\ud800',
  '\0',
  '\n',
  '\n\n',
  '. ',
  '   ',
  '\t',
  '🚗',
  'Z̸̢̛͚̹a̵l̴g̶o',
  '12:30',
  '€',
  'con María de los Ángeles Fernández-Álvarez',
];

function replyOf(seed: number): OutgoingContent {
  const next = random(seed);
  const textOf = (most: number) =>
    Array.from({ length: Math.floor(next() ** 3 * most) }, () => words[Math.floor(next() * words.length)]).join(
      next() < 0.9 ? ' ' : '',
    );
  const kind = next();
  return {
    text: textOf(next() < 0.1 ? 2_000 : 60),
    ...(kind < 0.6 ? { options: Array.from({ length: Math.floor(next() * 14) }, () => textOf(12)) } : {}),
    ...(kind > 0.95 ? { template: { name: 'reopen', parameters: { name: textOf(4), text: textOf(300) } } } : {}),
  };
}

const count = Number(process.env['TIMONEL_TEST_REPLIES'] ?? 10_000);

describe('a reply on WhatsApp', () => {
  it(`is within the limits, whatever it says: ${count} generated ones`, () => {
    const templates = new Map([['reopen/es_AR', 2]]);
    const forms = { button: 0, list: 0, numbered: 0, text: 0, template: 0 };
    for (let seed = 1; seed <= count; seed++) {
      const reply = replyOf(seed);
      const { messages, numbered } = renderWhatsapp(reply, connection);
      if (numbered !== undefined) forms.numbered++;
      for (const { body } of messages) {
        const fault = faultOfMessage({ messaging_product: 'whatsapp', ...body }, new Set(), templates);
        if (fault !== undefined) throw new Error(`reply ${seed}: ${fault}: ${JSON.stringify(body).slice(0, 500)}`);
        const type = String(body['type']);
        const form = type === 'interactive' ? String((body['interactive'] as { type: string }).type) : type;
        forms[form as keyof typeof forms]++;
      }
    }
    // The generator reaches each form.
    for (const [form, times] of Object.entries(forms)) expect(times, form).toBeGreaterThan(count / 1_000);
  });

  it('offers up to three short options as buttons, up to ten as a list, and others as numbers', () => {
    const formOf = (options: string[], text = '¿Cuál?') => {
      const { messages, numbered } = renderWhatsapp({ text, options }, connection);
      return numbered === undefined ? (messages[0]?.body['interactive'] as { type: string } | undefined)?.type : 'numbered';
    };
    expect(formOf(['Sí', 'No'])).toBe('button');
    expect(formOf(['🚗 Transfer desde aeropuerto', 'No'])).toBe('list');
    expect(formOf(Array.from({ length: 10 }, (_, index) => `${index + 9}:00`))).toBe('list');
    expect(formOf(Array.from({ length: 11 }, (_, index) => `${index + 9}:00`))).toBe('numbered');
    expect(formOf(['x'.repeat(90), 'No'])).toBe('numbered');
    expect(formOf(['Sí', 'No'], 'x'.repeat(1_025))).toBe('numbered');
    // Options that differ in spaces alone are one.
    expect(renderWhatsapp({ text: '¿Cuál?', options: ['Sí', ' Sí ', ''] }, connection).messages).toHaveLength(1);
  });

  it('is understood by the number that a person types', () => {
    const offered = ['Corte', 'Color', '2'];
    expect(['1', ' 2) ', '3.', '4', '0', 'Color', 'dos'].map((typed) => chosenOption(typed, offered))).toEqual([
      'Corte',
      ' 2) '.trim() === '2)' ? 'Color' : '',
      '2',
      '4',
      '0',
      'Color',
      'dos',
    ]);
    // A number that is an option is that option.
    expect(chosenOption('2', offered)).toBe('2');
    expect(chosenOption('1', undefined)).toBe('1');
  });

  it('loses nothing where it is cut', () => {
    const text = Array.from({ length: 900 }, (_, index) => `Palabra${index}.`).join(' ');
    const cut = pieces(text, 4_096);
    expect(cut.every((piece) => piece.length <= 4_096)).toBe(true);
    expect(cut.join(' ')).toBe(text);
    const family = '👨‍👩‍👧‍👦'.repeat(600);
    expect(pieces(family, 4_096).join('')).toBe(family);
    expect(pieces(family, 4_096).every((piece) => piece.isWellFormed())).toBe(true);
  });
});
