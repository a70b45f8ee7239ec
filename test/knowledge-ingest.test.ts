/** Documents of every kind, and those that cannot be read. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ask, makeCollection, putDocument } from './knowledge-client.ts';
import { encryption, madeDocx, madePdf, madeZip } from './made-documents.ts';
import { notes } from './notes-agent.ts';
import { freshStoreEnvironment } from './stores.ts';
import { startTimonel, type TestTimonel } from './timonel.ts';

let timonel: TestTimonel;
let remove: () => Promise<void>;
beforeAll(async () => {
  const fresh = await freshStoreEnvironment('embedded');
  remove = fresh.remove;
  const environment = { ...fresh.environment, TIMONEL_KNOWLEDGE_DOCUMENT_BYTES: '3000000' };
  timonel = await startTimonel('embedded', { agents: [notes] }, { environment });
  await makeCollection(timonel, 'kinds');
});
afterAll(async () => {
  await timonel.close();
  await remove();
});

const docx = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';
const page = `<html><head><title>Casa Aurora</title><script>alert('zzscript')</script></head><body><nav>Inicio zznav</nav>
  <article><h1>Casa Aurora</h1><h2>Estacionamiento</h2><p>Hay <b>doce</b> lugares techados detrás del edificio, sin cargo para quien se aloja.</p>
  <h2>Desayuno</h2><p>Se sirve de 7 a 10 en el patio.</p><table><tr><td>Café</td><td>Incluido</td></tr></table></article>
  <img src="http://127.0.0.1:1/x.png"></body></html>`;

it.each([
  ['text', 'a.txt', 'Los martes hay música en vivo.', '', 'música de los martes', { text: 'Los martes hay música en vivo.' }],
  ['HTML', 'b.html', page, 'text/html', '¿dónde estacionar?', { citation: { title: 'Casa Aurora', heading: ['Estacionamiento'] } }],
  [
    'a part of a page, without a body',
    'parte.html',
    '<!doctype html><title>Sauna</title><h2>Vapor</h2><p>El sauna se calienta con leña.</p>',
    '',
    'sauna de leña',
    { text: expect.stringContaining('con leña'), citation: { title: 'Sauna', heading: ['Vapor'] } },
  ],
  [
    'Markdown of several parts, none of which is what it is about',
    'partes.md',
    '# Cochera\n\nHay lugar en la calle Belgrano.\n\n# Perros\n\nSe puede venir con perros chicos.\n',
    '',
    'cochera',
    { text: expect.stringContaining('Belgrano'), citation: { title: 'partes.md', heading: ['Cochera'] } },
  ],
  [
    'a long text, which a thread cuts',
    'largo.txt',
    `${Array.from({ length: 900 }, (_, line) => `Renglón ${line} de las actas.`).join('\n\n')}\n\nEl ombú tiene cien años.`,
    '',
    'ombú',
    { text: expect.stringContaining('El ombú tiene cien años.') },
  ],
  [
    'CSV',
    'c.csv',
    'plato,precio\nLocro,900\n"Milanesa, con papas",850\n',
    '',
    'milanesa',
    { citation: { heading: ['plato,precio'] } },
  ],
  [
    'JSON',
    'd.json',
    '{"wifi": {"red": "aurora", "velocidad": "alta"}, "llaves": "En recepción."}',
    '',
    'wifi',
    { citation: { heading: ['wifi'] } },
  ],
  [
    'PDF',
    'e.pdf',
    madePdf(['La pileta abre en verano.', 'El gimnasio cierra a medianoche.']),
    '',
    'horario del gimnasio',
    { text: 'El gimnasio cierra a medianoche.', citation: { heading: ['p. 2'] } },
  ],
  [
    'DOCX',
    'f.docx',
    madeDocx(['# Mascotas', 'Los hurones viajan en jaula.']),
    docx,
    'hurones',
    { citation: { heading: ['Mascotas'] } },
  ],
  [
    'Latin letters of 8 bits, where it says so',
    'g.txt',
    Buffer.from('El año del ñandú.', 'latin1'),
    'text/plain; charset=windows-1252',
    'ñandú',
    { text: 'El año del ñandú.' },
  ],
  [
    'UTF-16 with a mark',
    'h.txt',
    Buffer.from('\ufeffEl carpincho nada.', 'utf16le'),
    '',
    'carpincho',
    { text: expect.stringContaining('El carpincho nada.') },
  ],
] as const)('reads %s', async (_what, key, body, type, question, expected) => {
  const put = await putDocument(timonel, 'kinds', key, body, { type: type === '' ? 'application/octet-stream' : type });
  expect(put).toMatchObject({ status: 200, body: { outcome: 'added' } });
  const { passages } = await ask(timonel, question, { collections: ['kinds'] });
  expect(passages[0]).toMatchObject(expected);
  expect(passages[0]?.citation.key).toBe(key);
});

it('leaves out of a page what is not read', async () => {
  expect((await ask(timonel, 'zzscript zznav')).passages).toEqual([]);
});

it.each([
  ['an encrypted PDF', 'x.pdf', madePdf(['Secreto.'], encryption), '', 422, 'document_invalid', 'without a password'],
  ['a scan', 'x.pdf', madePdf(['', '']), '', 422, 'document_invalid', 'OCR'],
  ['a damaged PDF', 'x.pdf', Buffer.from('%PDF-1.4\nnothing of the kind'), '', 422, 'document_invalid', 'could not be read'],
  [
    'an archive that unpacks to far too much',
    'x.docx',
    madeDocx(['Hola.'], 3_000_000_000),
    docx,
    422,
    'document_invalid',
    'not opened',
  ],
  ['an archive of something else', 'x.docx', madeZip({ 'a.txt': 'Hola.' }), docx, 422, 'document_invalid', 'word/document.xml'],
  ['a cut off archive', 'x.docx', madeDocx(['Hola.']).subarray(0, 300), docx, 422, 'document_invalid', 'cut off'],
  ['text that says it is a PDF', 'x.pdf', 'Hola.', 'application/pdf', 415, 'unsupported_media_type', 'bytes are not'],
  ['a PDF that says it is text', 'x.md', madePdf(['Hola.']), 'text/markdown', 415, 'unsupported_media_type', 'application/pdf'],
  ['a picture', 'x.png', Buffer.from([0x89, 0x50, 0x4e, 0x47]), 'image/png', 415, 'unsupported_media_type', 'text/plain'],
  [
    '8 bits that say they are UTF-8',
    'x.txt',
    Buffer.from('El año', 'latin1'),
    'text/plain',
    422,
    'document_invalid',
    'charset=windows-1252',
  ],
  ['an encoding that nobody knows', 'x.txt', 'Hola.', 'text/plain; charset=klingon', 422, 'document_invalid', 'klingon'],
  ['broken JSON', 'x.json', '{"a":', 'application/json', 422, 'document_invalid', 'JSON'],
  ['nothing', 'x.txt', '   ', 'text/plain', 422, 'document_invalid', 'no text'],
  ['more than is allowed', 'x.txt', 'a'.repeat(3_000_001), 'text/plain', 413, 'payload_too_large', '3000000 bytes'],
] as const)('refuses %s, says why, and keeps what was there', async (_what, key, body, type, status, code, detail) => {
  await putDocument(timonel, 'kinds', key, 'Lo de antes sigue.', { type: 'text/plain' }).catch(() => {});
  const put = await putDocument(timonel, 'kinds', key, body, { type: type === '' ? 'application/octet-stream' : type });
  expect([put.status, put.body]).toMatchObject([status, { code, detail: expect.stringContaining(detail) }]);
  const left = await timonel.timonel.store.pool.executeText<{ n: number }>(
    `SELECT count(*)::int AS n FROM knowledge_chunks c LEFT JOIN knowledge_documents d ON d.id = c.document_id WHERE d.id IS NULL OR d.text LIKE '%Secreto%'`,
  );
  expect(left).toEqual([{ n: 0 }]);
});
