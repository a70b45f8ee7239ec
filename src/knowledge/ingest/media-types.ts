/** Kinds of documents that can be read, and how one is told from another. */
import { TimonelError } from '../../errors.ts';
import type { TextFormat } from '../split/splitter.ts';

export const documentTypes = {
  'text/plain': [
    ...[
      'txt',
      'text',
      'log',
      'rst',
      'adoc',
      'yaml',
      'yml',
      'toml',
      'ini',
      'sql',
      'graphql',
      'proto',
      'tf',
      'kt',
      'kts',
      'swift',
      'scala',
      'lua',
      'r',
    ],
    ...['dart', 'ex', 'exs', 'erl', 'clj', 'hs', 'ml', 'vue', 'svelte', 'pl', 'xml'],
  ],
  'text/markdown': ['md', 'markdown', 'mdx'],
  'text/html': ['html', 'htm', 'xhtml'],
  'text/csv': ['csv'],
  'application/json': ['json'],
  'application/pdf': ['pdf'],
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': ['docx'],
  'text/javascript': ['js', 'mjs', 'cjs', 'jsx'],
  'text/x-typescript': ['ts', 'mts', 'cts'],
  'text/x-tsx': ['tsx'],
  'text/x-python': ['py', 'pyi'],
  'text/x-go': ['go'],
  'text/x-java': ['java'],
  'text/x-csharp': ['cs'],
  'text/x-c++': ['cpp', 'cc', 'cxx', 'c', 'hpp', 'hh', 'h'],
  'text/x-php': ['php'],
  'text/x-ruby': ['rb'],
  'text/x-rust': ['rs'],
  'text/x-shellscript': ['sh', 'bash'],
  'text/x-powershell': ['ps1', 'psm1'],
  'text/css': ['css'],
} as const;

export type DocumentType = keyof typeof documentTypes;

/** Grammars of what is cut by declarations. */
const codeLanguages = {
  'text/javascript': 'javascript',
  'text/x-typescript': 'typescript',
  'text/x-tsx': 'tsx',
  'text/x-python': 'python',
  'text/x-go': 'go',
  'text/x-java': 'java',
  'text/x-csharp': 'c-sharp',
  'text/x-c++': 'cpp',
  'text/x-php': 'php',
  'text/x-ruby': 'ruby',
  'text/x-rust': 'rust',
  'text/x-shellscript': 'bash',
  'text/x-powershell': 'powershell',
  'text/css': 'css',
} as const satisfies Partial<Record<DocumentType, string>>;

export type CodeLanguage = (typeof codeLanguages)[keyof typeof codeLanguages];

export function codeLanguageOf(type: string): CodeLanguage | undefined {
  return Object.hasOwn(codeLanguages, type) ? codeLanguages[type as keyof typeof codeLanguages] : undefined;
}

const names = Object.keys(documentTypes) as DocumentType[];
const docx: DocumentType = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';

/**
 * The type of a document: what it says it is, or what its name says, held against its first bytes.
 * @throws TimonelError `unsupported_media_type`
 */
export function typeOf(bytes: Uint8Array, declared: string | undefined, key: string): DocumentType {
  const said = declared?.split(';')[0]?.trim().toLowerCase();
  const extension = /\.([a-z0-9]{1,10})$/i.exec(key)?.[1]?.toLowerCase() ?? '';
  const named = names.find((name) => (documentTypes[name] as readonly string[]).includes(extension));
  // Clients that know no better say one of these.
  const isVague = said === undefined || said === '' || said === 'application/octet-stream' || said === 'text/plain';
  const type = isVague ? (named ?? (said === 'text/plain' ? 'text/plain' : signed(bytes))) : names.find((name) => name === said);
  if (type === undefined) throw unsupported(said ?? 'unknown');
  const signature = signed(bytes);
  if ((isBinary(type) || signature !== undefined) && signature !== type) {
    throw new TimonelError(
      'unsupported_media_type',
      `It is said to be ${type}, and its bytes are ${signature === undefined ? 'not' : `those of ${signature}`}. Send it under its own type.`,
    );
  }
  return type;
}

function isBinary(type: DocumentType): boolean {
  return type === 'application/pdf' || type === docx;
}

function signed(bytes: Uint8Array): DocumentType | undefined {
  const beginning = Buffer.from(bytes.subarray(0, 1_024)).toString('latin1');
  if (beginning.includes('%PDF-')) return 'application/pdf';
  if (beginning.startsWith('PK\x03\x04')) return docx;
  return undefined;
}

function unsupported(said: string): TimonelError {
  return new TimonelError(
    'unsupported_media_type',
    `A document of type "${said}" cannot be read. These can: ${names.join(', ')}. Convert it to one of them, e.g. to text/plain.`,
  );
}

/** How a text is cut that is stored under a media type. */
export function formatOf(mediaType: string): TextFormat {
  if (codeLanguageOf(mediaType) !== undefined) return 'code';
  const formats: Readonly<Partial<Record<DocumentType, TextFormat>>> = {
    'text/markdown': 'markdown',
    'text/html': 'markdown',
    'text/csv': 'csv',
    'application/json': 'json',
    'application/pdf': 'pages',
    'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'markdown',
  };
  return formats[mediaType as DocumentType] ?? 'text';
}
