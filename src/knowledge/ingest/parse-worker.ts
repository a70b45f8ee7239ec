/** The thread in which a document is parsed: it answers once, and is ended then. */
import { parentPort, workerData } from 'node:worker_threads';
import type { TextFormat } from '../split/splitter.ts';

export type ParseTask =
  | { kind: 'html'; text: string }
  | { kind: 'pdf'; bytes: Uint8Array; mostPages: number }
  | { kind: 'docx'; bytes: Uint8Array };

export type ParseAnswer =
  | { kind: 'text'; text: string; format: TextFormat; title: string | undefined }
  | { kind: 'refused'; message: string };

parentPort?.postMessage(await parse(workerData as ParseTask).catch(refused));

async function parse(task: ParseTask): Promise<ParseAnswer> {
  switch (task.kind) {
    case 'html': {
      const { readPage } = await import('./html.ts');
      return { kind: 'text', format: 'markdown', ...readPage(task.text, true) };
    }
    case 'docx': {
      const [{ default: mammoth }, { readPage }] = await Promise.all([import('mammoth'), import('./html.ts')]);
      const { value } = await mammoth.convertToHtml(
        { buffer: Buffer.from(task.bytes) },
        { convertImage: mammoth.images.imgElement(async () => ({ src: '' })) },
      );
      return { kind: 'text', format: 'markdown', ...readPage(`<html><body>${value}</body></html>`, false) };
    }
    case 'pdf':
      return readPdf(task.bytes, task.mostPages);
  }
}

async function readPdf(bytes: Uint8Array, mostPages: number): Promise<ParseAnswer> {
  const { extractText, getDocumentProxy, getMeta } = await import('unpdf');
  const pdf = await getDocumentProxy(bytes, { isEvalSupported: false });
  if (pdf.numPages > mostPages) {
    return { kind: 'refused', message: `The PDF has ${pdf.numPages} pages, and ${mostPages} are the most. Add it in parts.` };
  }
  const { text } = await extractText(pdf, { mergePages: false });
  const { info } = await getMeta(pdf).catch(() => ({ info: {} as Record<string, unknown> }));
  const title: unknown = info['Title'];
  const pages = text.map((page) => page.replaceAll('\f', ' '));
  return {
    kind: 'text',
    text: pages.every((page) => page.trim() === '') ? '' : pages.join('\f'),
    format: 'pages',
    title: typeof title === 'string' && title.trim() !== '' ? title.trim().slice(0, 200) : undefined,
  };
}

function refused(error: unknown): ParseAnswer {
  const { name, message } = error instanceof Error ? error : { name: '', message: String(error) };
  if (name === 'PasswordException') {
    return { kind: 'refused', message: 'The PDF is encrypted. Save it without a password, and send that.' };
  }
  return { kind: 'refused', message: `It could not be read: ${message.slice(0, 300)}. Save it again, or send it as text/plain.` };
}
