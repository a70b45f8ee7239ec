/** What a request asks for, by rule: its kind, the language of the code, a file name; and whether too little is said to begin. */
import type { Analysis, RequestKind } from './contract.ts';

/** @param known language of most files of the project, where there is one. */
export function analyseByRules(
  request: string,
  { language: spoken, known }: { language: 'es' | 'en'; known?: string | undefined },
): Analysis {
  const text = folded(request);
  const kind = kindOf(text);
  const language = languageOf(text) ?? languageOfFile(request) ?? known ?? 'python';
  const file = fileIn(request) ?? suggestedFile(text, kind, language);
  const parts = text.split(/\b(?:then|and then|luego|despues|y luego)\b|[;\n]/).filter((part) => part.trim() !== '').length;
  const words = text.split(/\s+/).filter((word) => word !== '').length;
  const base = {
    function: 0.2,
    class: 0.35,
    module: 0.45,
    tests: 0.3,
    documentation: 0.2,
    change: 0.4,
    api: 0.7,
    library: 0.7,
    design: 0.5,
    unclear: 0,
  };
  const complexity = Math.min(1, Math.round((base[kind] + 0.15 * (parts - 1) + Math.min(0.2, words / 200)) * 100) / 100);
  return {
    kind,
    language,
    complexity,
    summary: request.trim().replaceAll(/\s+/g, ' ').slice(0, 200),
    file,
    questions: kind === 'unclear' ? [questionOf(spoken)] : [],
    by: 'rules',
  };
}

function questionOf(language: 'es' | 'en'): string {
  return language === 'es'
    ? '¿Qué tiene que hacer el código, con qué entradas y qué resultado? Un ejemplo alcanza para empezar.'
    : 'What should the code do, with which input and what result? One example is enough to begin.';
}

function folded(text: string): string {
  return text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();
}

/** Words that say that something is wanted, and nothing of what. */
const empty =
  /^(?:please|por favor|pls|can|could|you|podes|puedes|podrias|me|make|create|build|write|generate|do|code|program|haz|hace|haceme|hazme|crea|creame|escribe|escribi|genera|generame|programa|construye|a|an|the|some|un|una|el|la|algo|something|anything|thing|things|stuff|cosa|cosas|it|this|that|esto|eso|nice|good|cool|lindo|bueno|simple|app|code|codigo|for|para|i|need|want|quiero|necesito|us|nosotros|mi|my|new|nuevo|nueva|hello|hi|hola|help|ayuda)$/;

function kindOf(text: string): RequestKind {
  const words = text.split(/[^\p{L}\p{N}_+#.]+/u).filter((word) => word !== '');
  if (words.length === 0 || words.every((word) => empty.test(word))) return 'unclear';
  if (/^(?:design|plan|propose|outline|architect\w*|disena\w*|diseno|planifica\w*|propone|propon\w*|esboza\w*)\b/.test(text.trim()))
    return 'design';
  if (
    /\b(?:fix|bug|refactor\w*|rename|change|modify|update|add .{1,60} to|corregi\w*|arregl\w*|cambi\w*|modific\w*|actualiz\w*|renombr\w*|agreg\w* .{1,60} (?:a|al|en)\b)/.test(
      text,
    ) &&
    !/\b(?:create|build|crea\w*|constru\w*)\b/.test(text)
  )
    return 'change';
  const many = text.split(/\b(?:then|and then|luego|despues)\b/).length > 2;
  if (/\b(?:api|endpoints?|rest|graphql|servidor|server|web service|servicio web|microservi\w+)\b/.test(text)) return 'api';
  if (/\b(?:library|package|sdk|libreria|biblioteca|paquete|framework)\b/.test(text)) return 'library';
  if (many) return 'module';
  if (/\b(?:tests?|pruebas?|benchmark)\b/.test(text) && !/\b(?:function|class|module|funcion|clase|modulo)\b/.test(text))
    return 'tests';
  if (
    /\b(?:document\w*|readme|docstrings?|guia|guide)\b/.test(text) &&
    !/\b(?:function|class|module|funcion|clase|modulo)\b/.test(text)
  )
    return 'documentation';
  if (/\b(?:class|clase)\b/.test(text)) return 'class';
  if (/\b(?:function|funcion|method|metodo|def|algorithm|algoritmo|snippet)\b/.test(text)) return 'function';
  if (
    /\b(?:module|modulo|model|modelo|system|sistema|script|program|programa|tool|herramienta|cli|service|servicio|app|application|aplicacion)\b/.test(
      text,
    )
  )
    return words.filter((word) => !empty.test(word)).length < 2 ? 'unclear' : 'module';
  return words.filter((word) => !empty.test(word)).length >= 2 ? 'function' : 'unclear';
}

const languages: readonly (readonly [string, RegExp])[] = [
  ['typescript', /\btypescript\b|\bts\b/],
  ['javascript', /\bjavascript\b|\bnode(?:\.?js)?\b|\bjs\b/],
  ['python', /\bpython\b|\bpy\b|\bdjango\b|\bfastapi\b|\bflask\b|\bpytest\b/],
  ['java', /\bjava\b|\bspring\b/],
  ['go', /\bgolang\b|\bin go\b|\ben go\b/],
  ['rust', /\brust\b/],
  ['cpp', /\bc\+\+|\bcpp\b/],
  ['c', /\b(?:in|en) c\b/],
  ['csharp', /\bc#|\bcsharp\b/],
  ['ruby', /\bruby\b/],
  ['php', /\bphp\b/],
  ['sql', /\bsql\b/],
  ['bash', /\bbash\b|\bshell script\b/],
];

function languageOf(text: string): string | undefined {
  return languages.find(([, pattern]) => pattern.test(text))?.[0];
}

const extensions: Readonly<Record<string, string>> = {
  python: 'py',
  typescript: 'ts',
  javascript: 'js',
  java: 'java',
  go: 'go',
  rust: 'rs',
  cpp: 'cpp',
  c: 'c',
  csharp: 'cs',
  ruby: 'rb',
  php: 'php',
  sql: 'sql',
  bash: 'sh',
  markdown: 'md',
};

export function extensionOf(language: string): string {
  return extensions[language] ?? 'txt';
}

export function languageOfFile(text: string): string | undefined {
  const extension = /\.([a-z]{1,5})\b/i.exec(fileIn(text) ?? '')?.[1]?.toLowerCase();
  return Object.entries(extensions).find(([, each]) => each === extension)?.[0];
}

/** A file that the request names. */
function fileIn(request: string): string | undefined {
  return /(?:^|[\s"'`(])((?:[\w-]+\/)*[\w-]+\.(?:py|ts|js|mjs|java|go|rs|cpp|c|cs|rb|php|sql|sh|md|txt|json|html|css|ya?ml))(?=$|[\s"'`),.;:])/i.exec(
    request,
  )?.[1];
}

const article =
  /^(?:a|an|the|some|un|una|el|la|los|las|de|del|of|for|with|con|para|que|simple|small|basic|new|sencill[oa]|basic[oa]|nuev[oa]|in|en|to|and|y|that|please|create|build|write|make|generate|implement|add|crea|creame|escribe|escribi|genera|implementa|hace|haceme|haz|design|disena|python|typescript|javascript|java|node|function|class|module|funcion|clase|modulo)$/;

/** `a simple add function` → add.py, `una clase Calculadora` → calculadora.py. */
function suggestedFile(text: string, kind: RequestKind, language: string): string | undefined {
  if (kind === 'unclear' || kind === 'design' || kind === 'change') return undefined;
  const plain = text.replaceAll(/\([^)]*\)/g, ' ').replaceAll(/[^a-z0-9_\s-]/g, ' ');
  const noun =
    /\b(?:function|class|module|library|package|api|model|system|script|funcion|clase|modulo|libreria|biblioteca|paquete|modelo|sistema)\b/;
  const found = noun.exec(plain);
  const isSpanish = found !== null && /^(?:funcion|clase|modulo|libreria|biblioteca|paquete|modelo|sistema)$/.test(found[0]);
  const before = found === null ? plain : plain.slice(0, found.index);
  const behind = found === null ? '' : plain.slice(found.index + found[0].length);
  const [after = ''] = behind.split(/\b(?:con|para|que|with|for|that|using|usando)\b/);
  const words = (part: string) => part.split(/\s+/).filter((word) => word !== '' && !article.test(word));
  const chosen = isSpanish ? words(after).slice(0, 2) : words(before).slice(-3);
  const name = (chosen.length > 0 ? chosen : [...words(before), ...words(behind)].slice(0, 2))
    .join('_')
    .replaceAll('-', '_')
    .slice(0, 40);
  if (name === '') return undefined;
  const extension = kind === 'documentation' ? 'md' : extensionOf(language);
  return kind === 'tests' ? `test_${name.replace(/_?tests?$/, '') || 'generated'}.${extension}` : `${name}.${extension}`;
}
