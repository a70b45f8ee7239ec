import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { messageOf, TimonelError } from '../errors.ts';
import { typeOf } from '../knowledge/ingest/media-types.ts';
import { ApiClient } from './api-client.ts';
import { documentPath, documents, type KnowledgeDocumentView } from './knowledge-documents.ts';
import { type FileToAdd, filesIn } from './knowledge-folder.ts';
import { UsageError } from './usage-error.ts';

interface Put {
  document: KnowledgeDocumentView;
  outcome: string;
  chunks: { added: number; kept: number; removed: number };
}

export interface AddDocumentsOptions {
  key?: string;
  title?: string;
  metadata?: string;
  type?: string;
  prefix?: string;
  prune?: boolean;
  refresh?: string;
}

/** Documents under way at the same time. */
const sentAtOnce = 3;

/** Sends files and the files of folders, each as a document; one that is refused does not keep the others out. */
export async function addDocuments(
  name: string,
  paths: string[],
  { key, title, metadata, type = 'application/octet-stream', prefix = '', prune = false, refresh }: AddDocumentsOptions,
): Promise<void> {
  const pages = paths.filter((path) => /^https?:\/\//.test(path));
  for (const url of pages) await addPage(name, url, { title, metadata, refresh });
  if (pages.length === paths.length) return;
  const named = paths.filter((path) => !pages.includes(path));
  const all = named.flatMap(filesIn);
  // A tree has pictures and archives too; a file that is named is sent, and its refusal told.
  const files = all.length === named.length ? all : all.filter(isReadable);
  if (files.length === 0) throw new UsageError('There are no files. Name files, or a folder with some.');
  if (files.length > 1 && (key !== undefined || title !== undefined)) {
    throw new UsageError(`--key and --title are for one file, and there are ${files.length}. Add them one by one.`);
  }
  const keyed = files.map((file) => ({ ...file, key: key ?? `${prefix}${file.key}` }));
  const doubled = keyed.find((file, at) => keyed.findIndex((other) => other.key === file.key) !== at);
  if (doubled !== undefined)
    throw new UsageError(`Two files would be "${doubled.key}". Add the folders one by one, each with a --prefix of its own.`);
  let refused = 0;
  const send = async (at: number, file: FileToAdd) => {
    const values = { key: file.key, ...(title === undefined ? {} : { title }), ...(metadata === undefined ? {} : { metadata }) };
    const place = `[${at + 1}/${files.length}] ${values.key}`;
    try {
      const bytes = Uint8Array.from(readFileSync(file.path));
      const put = await ApiClient.here().send<Put>(documentPath(name, values), bytes, type, 'PUT');
      console.log(`${place}: ${put.outcome}, ${put.chunks.added} new of ${put.document.chunks} passages`);
    } catch (error) {
      // One bad file does not keep the others out.
      if (files.length === 1) throw error;
      refused++;
      console.error(`${place}: ${messageOf(error)}`);
    }
  };
  const waiting = keyed.entries();
  const sendAll = async () => {
    for (const [at, file] of waiting) await send(at, file);
  };
  // One is read and cut while another is stored.
  await Promise.all(Array.from({ length: sentAtOnce }, sendAll));
  if (all.length > files.length) console.log(`${all.length - files.length} files of other kinds are left out.`);
  if (prune) await removeGone(name, prefix, new Set(keyed.map((file) => file.key)));
  if (refused > 0) process.exitCode = 1;
}

/** The server reads the page: this machine may reach others than it does. */
async function addPage(
  name: string,
  url: string,
  { title, metadata, refresh }: { title: string | undefined; metadata: string | undefined; refresh: string | undefined },
): Promise<void> {
  const { outcome, chunks, document } = await ApiClient.here().post<Put>(`/api/v1/knowledge/collections/${name}/pages`, {
    url,
    title,
    ...(metadata === undefined ? {} : { metadata: JSON.parse(metadata) as unknown }),
    ...(refresh === undefined ? {} : { refreshHours: Number(refresh) }),
  });
  console.log(`${document.key}: ${outcome}, ${chunks.added} new of ${document.chunks} passages`);
}

/** Documents whose files are gone; what no file was is kept: corrections, and pages of the web. */
async function removeGone(name: string, prefix: string, there: ReadonlySet<string>): Promise<void> {
  for (const { key } of await documents(name)) {
    if (!key.startsWith(prefix) || there.has(key) || /^(?:corrections\/|https?:\/\/)/.test(key)) continue;
    await ApiClient.here().delete(documentPath(name, { key }));
    console.log(`${key}: removed`);
  }
}

function isReadable({ path, key }: FileToAdd): boolean {
  const beginning = Buffer.alloc(1_024);
  const file = openSync(path, 'r');
  try {
    typeOf(beginning.subarray(0, readSync(file, beginning)), undefined, key);
    return true;
  } catch (error) {
    if (error instanceof TimonelError) return false;
    throw error;
  } finally {
    closeSync(file);
  }
}
