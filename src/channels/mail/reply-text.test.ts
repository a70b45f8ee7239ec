import { expect, it } from 'vitest';
import { htmlText } from './html-text.ts';
import { replyText } from './reply-text.ts';

const own = 'Sí, dale.\n\n¿A las 5 puede ser?';
const quotes: Record<string, string> = {
  'Gmail in Spanish': 'El lun, 30 nov 2026 a las 9:00, Salón Bella (<hola@example.com>) escribió:\n\n> ¿Te sirve el martes?',
  'Gmail in Spanish, folded': 'El lun, 30 nov 2026 a las 9:00, Salón Bella (<hola@example.com>)\nescribió:\n> ¿Te sirve?',
  'Gmail in English, folded': 'On Mon, Nov 30, 2026 at 9:00 AM Salón Bella <hola@example.com>\nwrote:\n> Does Tuesday suit you?',
  'Outlook in Spanish':
    '________________________________\nDe: Salón <hola@example.com>\nEnviado: lunes, 30 de noviembre de 2026 9:00\nPara: Ana\nAsunto: Turno\n\n¿Te sirve?',
  'Outlook without a line':
    'De: Salón <hola@example.com>\nEnviado el: lunes, 30 de noviembre de 2026 9:00\nPara: Ana\n\n¿Te sirve?',
  'an original message': '-----Mensaje original-----\nDe: Salón\nAsunto: Turno\n\n¿Te sirve?',
  'an original message in English': '----- Original Message -----\nFrom: Salón\nSent: Monday\n\nDoes it suit you?',
  'quotes alone': '> ¿Te sirve?\n> Saludos',
  'a signature': '-- \nAna\n+54 9 11 5555 0001',
  'a telephone': 'Enviado desde mi iPhone',
};

it.each(Object.entries(quotes))('reads what a person wrote above %s', (_, quote) => {
  expect(replyText(`${own}\n\n${quote}\n`)).toBe(own);
});

it('leaves what only looks like a quote', () => {
  for (const text of ['El martes escribió mi hermana', 'De: mí\nPara: vos', 'On the way', '> hola'])
    expect(replyText(text)).toBe(text);
});

it('ends with what would keep the parser busy', () => {
  const hostile = ['\n'.repeat(40_000), 'El '.repeat(13_000), 'On a b\n'.repeat(6_000), '在'.repeat(40_000), '<a'.repeat(20_000)];
  for (const text of hostile) expect(typeof replyText(`x${text}`)).toBe('string');
  for (const html of ['<div>'.repeat(60_000), '<a href="x'.repeat(30_000), '<blockquote>'.repeat(20_000), '&'.repeat(200_000)])
    expect(typeof htmlText(html)).toBe('string');
});

it('reads HTML without what it quotes', () => {
  const html =
    '<div>Uno<br>dos</div><ul><li>tres</li></ul><div class="gmail_quote"><div>El lunes escribió:</div><blockquote>viejo</blockquote></div>';
  expect(htmlText(html)).toBe('Uno\ndos\n- tres');
});
