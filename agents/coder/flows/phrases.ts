/** Phrases of Spanish and English that lead to what the commands do. Read from the top: the first that fits counts. */
import { analysed, type Wish } from './wishes.ts';

/** @param parts what the groups of the pattern caught, without quotes and articles; empty where they caught nothing */
export type Phrase = readonly [pattern: RegExp, wish: (...parts: string[]) => Wish | undefined];

const place = '(?:\\s+(?:en|de|in|of|under|within)\\s+(?!\\w+\\s)(\\S+))?';
const project =
  '(?:(?:este|el|mi|tu|la|this|the|my|our)\\s+)?(?:proyecto|repo(?:sitorio|sitory)?|c[oó]digo|base de c[oó]digo|project|code ?base|code)';

const looksLikePath = (text: string) => /^[\w@.+-]*[/.][\w./@+-]+$/.test(text) || /^[\w-]+\.\w{1,5}$/.test(text);
const looksLikeName = (text: string) =>
  /^[\p{L}_$][\p{L}\p{N}_$]*(?:[.#:]+[\p{L}_$][\p{L}\p{N}_$]*)*(?:\(\))?$/u.test(text) ||
  looksLikePath(text) ||
  /^[\w./-]+:\d+$/.test(text);
const inProject = (text: string) =>
  text === '' || new RegExp(`^(?:todo\\s+|all\\s+|whole\\s+|entire\\s+)?${project}$`, 'i').test(text);
const below = (text: string) => (inProject(text) ? {} : { under: text.replace(/\/$/, '') });
const command =
  /^(?:npm|npx|node|pnpm|yarn|git|python3?|pip3?|pytest|make|mvn|gradle|cargo|go|ls|pwd|cat|echo|docker|tsc|ruff|mypy|bash|sh|wc|head|tail|find|rg|grep|\.\.?\/\S+)(?:\s|$)/;

export const phrases: readonly Phrase[] = [
  // Changes
  [
    /^(?:renombr\p{L}*|cambi\p{L}+\s+el\s+nombre\s+(?:de|a)|rename|change\s+the\s+name\s+of)\s+(.+?)\s+(?:a|por|como|en|to|as|into|->|→)\s+(\S+)$/iu,
    (from, to) => ({ kind: 'rename', from, to }),
  ],
  [
    /^(?:reemplaz\p{L}*|sustitu\p{L}*|cambi\p{L}+|replace|substitute)\s+`(.+?)`\s+(?:por|con|with|by|for)\s+`(.+?)`(?:\s+(?:en|in)\s+(\S+))?$/iu,
    (pattern, replacement, folder) => ({ kind: 'replace', pattern, replacement, under: inProject(folder) ? undefined : folder }),
  ],
  [
    /^(?:reemplaz\p{L}*|sustitu\p{L}*|replace|substitute)\s+(\S+|"[^"]+")\s+(?:por|con|with|by)\s+(\S+|"[^"]+")(?:\s+(?:en|in)\s+(.+))?$/iu,
    (pattern, replacement, folder) => ({ kind: 'replace', pattern, replacement, under: inProject(folder) ? undefined : folder }),
  ],
  [
    /^(?:deshac\p{L}*|deshaz\p{L}*|deshag\p{L}*|volv\p{L}+\s+atr[aá]s|anul\p{L}+|revert\p{L}*|undo|take\s+(?:it|that)\s+back|roll\s*back)(?:\s+(?:eso|esto|todo|lo\s+(?:[uú]ltimo|anterior)(?:\s+que\s+hiciste)?|(?:el|los)\s+(?:[uú]ltimos?\s+)?cambios?(?:\s+anterior(?:es)?)?|it|that|this|(?:the\s+|your\s+)?(?:last\s+)?(?:changes?|edits?|one)))?$/iu,
    () => ({ kind: 'undo', direction: 'undo' }),
  ],
  [
    /^(?:rehac\p{L}*|rehaz\p{L}*|volv\p{L}+\s+a\s+hacer\p{L}*|redo)(?:\s+(?:eso|lo|it|that|.*cambios?|.*changes?))?$/iu,
    () => ({ kind: 'undo', direction: 'redo' }),
  ],
  // Git
  [
    /^(?:dame|suger\p{L}*|propon\p{L}*|gener\p{L}*|escrib\p{L}*|give me|suggest|write|propose|draft)\s+(?:me\s+)?(?:un|a|el|the)?\s*(?:mensaje\s+(?:de|para(?:\s+el)?)\s+commit|commit\s+message)$/iu,
    () => analysed({ action: 'commit-message' }),
  ],
  [
    /^(?:(?:hac\p{L}*|haz\p{L}*|cre\p{L}*|gener\p{L}*|make|create|do)\s+(?:un|el|a|the)?\s*)?commit\p{L}*(?:\s+(?:de\s+)?(?:todo|los\s+cambios|esto|everything|this|(?:the|my|these)\s+changes))?(?:\s+(?:con\s+(?:el\s+)?mensaje|que\s+diga|with\s+(?:the\s+)?message|saying)\s*:?\s*(.+))?$/iu,
    (message) => ({ kind: 'commit', message: message === '' ? undefined : message }),
  ],
  [
    /\bgit(?:_helper)?\b.*\b(?:status|estado)\b|\b(?:estado|status)\s+(?:del?|of|de\s+la|of\s+the)\s+(?:git|repo\p{L}*)|^git\s+status$/iu,
    () => ({ kind: 'git', action: 'status', revision: undefined, paths: [] }),
  ],
  [
    /\bgit(?:_helper)?\b.*\b(?:log|historial|history)\b|(?:[uú]ltimos|last|recent|latest)\s+(?:\d+\s+)?commits|^(?:ver\s+|mostr\p{L}+\s+|show\s+)?(?:el\s+|the\s+)?(?:historial|history)(?:\s+(?:de|of)\s+(?:git|commits))?$/iu,
    () => ({ kind: 'git', action: 'log', revision: undefined, paths: [] }),
  ],
  [
    /\bgit(?:_helper)?\b.*\b(?:branch(?:es)?|ramas?)\b|^(?:qu[eé]|cu[aá]les|which|what|list\p{L}*|mostr\p{L}*|show)\s+(?:son\s+las\s+|las\s+|are\s+the\s+|the\s+)?(?:ramas|branches)/iu,
    () => ({ kind: 'git', action: 'branches', revision: undefined, paths: [] }),
  ],
  [/\bgit(?:_helper)?\b.*\bdiff\b/iu, () => ({ kind: 'git', action: 'diff', revision: undefined, paths: [] })],
  [
    /^(?:qu[eé]\s+(?:cambi[oóeé]\p{L}*|modifiqu[eé]|hay\s+de\s+nuevo|est[aá]\s+sin\s+commit\p{L}*)|(?:mostr\p{L}*|ver|list\p{L}*|resum\p{L}*)\s+(?:me\s+)?(?:los\s+)?cambios|what\s+(?:has\s+|have\s+I\s+|did\s+I\s+)?changed?|(?:show|list|summari[sz]e)\s+(?:me\s+)?(?:the\s+|my\s+)?(?:uncommitted\s+)?changes|(?:el\s+|the\s+|show\s+the\s+|ver\s+(?:el\s+)?)?diff)(?:\s.*)?$/iu,
    () => analysed({ action: 'diff' }),
  ],
  // Tests and checks
  [
    new RegExp(
      `^(?:corr\\p{L}*|ejecut\\p{L}*|pas\\p{L}*|lanz\\p{L}*|prob\\p{L}*|run|execute)\\s+(?:los\\s+|las\\s+|el\\s+|la\\s+|todos\\s+los\\s+|todas\\s+las\\s+|the\\s+|all\\s+(?:the\\s+)?|my\\s+)?(?:unit\\s+)?(?:tests?|pruebas?|specs)(?:\\s+unitari[oa]s)?${place}(?:\\s+(?:del?\\s+proyecto|in\\s+the\\s+project))?$`,
      'iu',
    ),
    (only) => ({ kind: 'tests', only: inProject(only) ? undefined : only }),
  ],
  [
    /^(?:pasan|est[aá]n\s+pasando|do|are)\s+(?:los\s+|the\s+)?tests(?:\s+(?:pass(?:ing)?|verdes|green))?$|^(?:tests?|pruebas?)$/iu,
    () => ({ kind: 'tests', only: undefined }),
  ],
  [
    /^(?:(?:corr\p{L}*|ejecut\p{L}*|pas\p{L}*|run|execute|use|us\p{L}+)\s+(?:el\s+|the\s+)?(?:lint(?:er)?|type\s?check(?:er)?|chequeo\s+de\s+tipos)|(?:revis\p{L}*|cheque\p{L}*|verific\p{L}*|check)\s+(?:los\s+|el\s+|the\s+|my\s+)?(?:tipos|estilo|types?|style|lint)|lint\p{L}*|type\s?check|(?:hay|tengo|are\s+there(?:\s+any)?|any|show)\s+(?:me\s+)?(?:the\s+)?(?:errores\s+de\s+(?:tipos?|compilaci[oó]n|lint)|(?:type|lint|compile)\s+errors))(?:\s+(?:del?|en|of|in)\s+.*)?$/iu,
    () => ({ kind: 'checks' }),
  ],
  // Looking
  [
    new RegExp(
      `^(?:gener\\p{L}*|hac\\p{L}*|haz\\p{L}*|dame|arm\\p{L}*|quiero|write|make|generate|give\\s+me|create)?\\s*(?:un|una|a|an)?\\s*(?:informe|reporte|resumen|an[aá]lisis|report|overview|summary|analysis)\\s+(?:completo\\s+)?(?:sobre|acerca\\s+de|del?|on|of|about)\\s*${project}$`,
      'iu',
    ),
    () => analysed({ action: 'report' }),
  ],
  [
    new RegExp(
      `^(?:analiz\\p{L}*|describ\\p{L}*|resum\\p{L}*|explic\\p{L}*|analy[sz]e|describe|summari[sz]e|explain)\\s+(?:me\\s+)?(?:todo\\s+)?${project}$|^(?:de\\s+qu[eé]\\s+(?:trata|va)|qu[eé]\\s+hace|what\\s+does|what\\s+is)\\s+${project}(?:\\s+do|\\s+about)?$`,
      'iu',
    ),
    () => analysed({ action: 'report' }),
  ],
  [
    /^(?:(?:list\p{L}*|mostr\p{L}*|busc\p{L}*|encontr\p{L}*|ver|hay|show|list|find|any|are\s+there(?:\s+any)?)\s+)?(?:me\s+)?(?:todos\s+)?(?:los\s+|las\s+|all\s+(?:the\s+)?|the\s+)?(?:todos?|fixmes?|todo\s+y\s+fixme|pendientes|tareas\s+pendientes|cosas\s+por\s+hacer|pending\s+tasks|open\s+tasks|things\s+to\s+do)(?:\s+(?:del?|en|of|in)\s+(\S+|.*proyecto|.*project))?$|^(?:qu[eé]\s+(?:falta|queda)(?:\s+por)?\s+hacer|what\s+is\s+(?:left\s+)?to\s+do)$/iu,
    (folder = '') => analysed({ action: 'todo', ...below(folder) }),
  ],
  [
    /^(?:(?:d[oó]nde|qui[eé]n(?:es)?|desde\s+d[oó]nde)\s+(?:se\s+)?(?:usan?|llaman?|utilizan?|invocan?|importan?)(?:\s+a)?|(?:mostr\p{L}*\s+|list\p{L}*\s+|ver\s+)?(?:los\s+)?(?:usos|llamad[oa]s|referencias)\s+(?:de|a)|who\s+(?:uses|calls|imports)|(?:find\s+|show\s+|list\s+)?(?:all\s+)?(?:the\s+)?(?:usages?|uses|references|callers|calls)\s+(?:of|to))\s+(.+)$/iu,
    (name) => analysed({ action: 'refs', name: name.replace(/\(\)$/, '') }),
  ],
  [
    /^where\s+(?:is|are)\s+(.+?)\s+(?:used|called|imported|referenced)$/iu,
    (name) => analysed({ action: 'refs', name: name.replace(/\(\)$/, '') }),
  ],
  [
    /^(?:d[oó]nde\s+(?:est[aá]|se\s+(?:define|declara|implementa))(?:\s+(?:definid[oa]|declarad[oa]))?|where\s+is|find\s+the\s+definition\s+of|busc\p{L}*\s+la\s+definici[oó]n\s+de)\s+(.+?)(?:\s+(?:defined|declared|definid[oa]))?$/iu,
    (name) => (looksLikeName(name) ? analysed({ action: 'symbols', name: name.replace(/\(\)$/, '') }) : undefined),
  ],
  [
    /^(?:(?:qu[eé]\s+)?archivos\s+relacionados\s+(?:con|a|de)|qu[eé]\s+(?:se\s+relaciona|tiene\s+que\s+ver|va)\s+con|(?:which\s+)?files\s+(?:are\s+)?related\s+to|what\s+is\s+related\s+to|related\s+(?:files\s+)?(?:to|of))\s+(\S+)$/iu,
    (path) => analysed({ action: 'related', path }),
  ],
  [
    /^(?:(?:mostr\p{L}*|ver|dame|cu[aá]l\s+es|list\p{L}*|dibuj\p{L}*|show|display|draw|what\s+is|print)\s+)?(?:me\s+)?(?:la\s+|el\s+|the\s+)?(?:estructura|[aá]rbol|tree|structure|layout)(?:\s+de\s+(?:carpetas|archivos|directorios))?(?:\s+(?:del?|of|in|en)\s*(.+))?$/iu,
    (folder) => analysed({ action: 'tree', ...below(folder) }),
  ],
  [new RegExp(`^(?:${project})\\s+(?:structure|tree|layout)$`, 'iu'), () => analysed({ action: 'tree' })],
  [
    /^(?:list\p{L}*|mostr\p{L}*|qu[eé]|cu[aá]les|show|which|what)\s+(?:me\s+)?(?:son\s+)?(?:los\s+|the\s+|all\s+(?:the\s+)?)?(?:archivos|carpetas|files|folders)(?:\s+(?:hay|tiene|are\s+there))?(?:\s+(?:en|del?|in|of)\s+(.+))?$/iu,
    (folder) => analysed({ action: 'tree', ...below(folder) }),
  ],
  [
    new RegExp(
      `^(?:(?:mostr\\p{L}*|dame|ver|show|give\\s+me|make|draw)\\s+)?(?:me\\s+)?(?:el\\s+|un\\s+|the\\s+|a\\s+)?(?:mapa|map|repo\\s?map)(?:\\s+(?:del?|of)\\s*${project})?$`,
      'iu',
    ),
    () => analysed({ action: 'map' }),
  ],
  [
    /\b(?:dependencias\s+(?:circulares|c[ií]clicas)|ciclos(?:\s+de\s+(?:imports?|dependencias))?|circular\s+(?:imports?|dependencies)|import\s+cycles|grafo\s+de\s+(?:m[oó]dulos|dependencias)|dependency\s+graph|module\s+graph)\b/iu,
    () => analysed({ action: 'deps' }),
  ],
  [
    /^(?:(?:mostr\p{L}*|ver|list\p{L}*|cu[aá]les\s+son|dame|show|list|what\s+are)\s+)?(?:me\s+)?(?:las\s+|the\s+)?(?:dependencias|dependencies)(?:\s+(?:del?|of|between|entre|en|in)\s+(.+))?$/iu,
    (folder) =>
      looksLikePath(folder) || inProject(folder) ? analysed({ action: 'deps', ...below(folder) }) : analysed({ action: 'deps' }),
  ],
  [
    /^(?:(?:mostr\p{L}*|ver|dame|calcul\p{L}*|cu[aá]l\s+es|show|give\s+me|compute|what\s+is)\s+)?(?:me\s+)?(?:las\s+|la\s+|the\s+)?(?:m[eé]tricas|estad[ií]sticas|complejidad|metrics|statistics|stats|complexity)(?:\s+(?:ciclom[aá]tica|cyclomatic))?(?:\s+(?:del?|of|en|in)\s*(.+))?$/iu,
    (folder) => analysed({ action: 'metrics', ...below(folder) }),
  ],
  [
    /^(?:cu[aá]nt[oa]s\s+(?:l[ií]neas|archivos|funciones|clases)|how\s+many\s+(?:lines|files|functions|classes))\b.*$/iu,
    () => analysed({ action: 'metrics' }),
  ],
  [
    /^(?:(?:qu[eé]|cu[aá]les|list\p{L}*|mostr\p{L}*|ver|show|list|which|what)\s+)?(?:me\s+)?(?:son\s+)?(?:las\s+|los\s+|the\s+|el\s+)?(?:funciones|clases|m[eé]todos|s[ií]mbolos|declaraciones|esquema|outline|functions|classes|methods|symbols|declarations)(?:\s+(?:hay|tiene|est[aá]n|are|does))?\s+(?:en|de|in|of)\s+(\S+?)(?:\s+have)?$/iu,
    (path) =>
      looksLikePath(path)
        ? analysed({ action: 'outline', path })
        : inProject(path)
          ? analysed({ action: 'symbols' })
          : analysed({ action: 'symbols', name: path }),
  ],
  [
    /^(?:busc\p{L}*|encontr\p{L}*|grepe\p{L}*|search(?:\s+for)?|find|grep|look\s+for)\s+(?:el\s+texto\s+|la\s+palabra\s+|the\s+(?:text|word)\s+)?(.+?)(?:\s+(?:en|in)\s+((?:todo\s+)?(?:el\s+|este\s+)?(?:proyecto|repo\p{L}*|c[oó]digo)|(?:the\s+|this\s+|all\s+)?(?:whole\s+)?(?:project|repo\p{L}*|code(?:base)?)|[\w./-]*[/.][\w./-]*|\w+\/?))?$/iu,
    (pattern, folder) => analysed({ action: 'search', pattern, literal: true, ...below(folder) }),
  ],
  [
    /^(?:mostr\p{L}*|abr\p{L}*|le[eé]\p{L}*|ver|v[eé]|carg\p{L}*|show|open|read|print|cat|load)\s+(?:me\s+)?(?:el\s+archivo\s+|el\s+contenido\s+de\s+|the\s+file\s+|the\s+contents?\s+of\s+)?(\S+?)(?:[,:]?\s+(?:l[ií]neas?|lines?|desde\s+la\s+l[ií]nea)\s+(\d+)(?:\s*(?:a|al|hasta|to|-|–)\s*(?:la\s+)?(\d+))?)?$/iu,
    (path, from, to) =>
      looksLikePath(path)
        ? { kind: 'read', path, from: from === '' ? undefined : Number(from), to: to === '' ? undefined : Number(to) }
        : undefined,
  ],
  [
    /^(?:explic\p{L}*|describ\p{L}*|contame\s+(?:de|sobre|qu[eé]\s+hace)|qu[eé]\s+(?:hace|es)|c[oó]mo\s+funciona|para\s+qu[eé]\s+(?:sirve|est[aá])|explain|describe|what\s+(?:does|is)|how\s+does|what\s+is\s+the\s+purpose\s+of)\s+(?:me\s+)?(?:qu[eé]\s+hace\s+|what\s+)?(.+?)(?:\s+(?:do|does|work|for))?$/iu,
    (what) =>
      looksLikeName(what) && /[_.:/()\d]|\p{Lu}|^[a-z]{3,}$/u.test(what)
        ? analysed({ action: 'explain', what: what.replace(/\(\)$/, '') })
        : undefined,
  ],
  // Memory, models, help
  [
    /^(?:record[aá]\p{L}*|acordate|acu[eé]rdate|memoriz\p{L}*|anot[aá]\p{L}*|remember|keep\s+in\s+mind|note)\s+(?:de\s+)?(?:que\s+|that\s+)?(.{3,})$/iu,
    (fact) => ({ kind: 'remember', fact }),
  ],
  [/^(?:olvid\p{L}*|forget)\s+(?:de\s+)?(?:que\s+|that\s+)?(.{3,})$/iu, (fact) => ({ kind: 'forget', fact })],
  [
    /^(?:qu[eé]\s+modelos?\s+(?:me\s+)?(?:conviene|entra|puedo|uso|hay|recomend)\p{L}*|(?:which|what)\s+(?:ollama\s+)?models?\s+(?:fits?|can|should|do)|qu[eé]\s+modelo\s+de\s+ollama|(?:recommend|suggest)\s+a\s+model|recomend\p{L}*\s+(?:me\s+)?un\s+modelo)\b.*$/iu,
    () => analysed({ action: 'models' }),
  ],
  [
    /^(?:ayuda|help|comandos|commands|qu[eé]\s+(?:pod[eé]s|puedes|sab[eé]s|sabes)\s+hacer|what\s+can\s+you\s+do|c[oó]mo\s+te\s+uso|how\s+do\s+I\s+use\s+(?:you|this))$/iu,
    () => ({ kind: 'help' }),
  ],
  [
    /^(?:hola|buenas|buen\s+d[ií]a|buenas\s+(?:tardes|noches)|hi|hello|hey|good\s+(?:morning|afternoon|evening))$/iu,
    () => ({ kind: 'greeting' }),
  ],
  [
    /^(?:(?:muchas\s+|mil\s+)?gracias|genial|perfecto|buen[ií]simo|thanks(?:\s+a\s+lot)?|thank\s+you|great|perfect)$/iu,
    () => ({ kind: 'thanks' }),
  ],
  [
    /^(?:corr\p{L}*|ejecut\p{L}*|lanz\p{L}*|run|execute)\s+(?:el\s+comando\s+|the\s+command\s+)?(.+)$/iu,
    (said) => (command.test(said) ? { kind: 'run', command: said } : undefined),
  ],
];

/** Only a model can: a question about the world, or a change in words. */
export const forModels: readonly (readonly [RegExp, Extract<Wish, { kind: 'needs-model' }>['asked']])[] = [
  [
    /^(?:agreg\p{L}*|a[ñn]ad\p{L}*|implement\p{L}*|escrib\p{L}*|cre[aáe]\p{L}*|hac\p{L}*|haz|refactor\p{L}*|arregl\p{L}*|correg\p{L}*|corrij\p{L}*|optimiz\p{L}*|mejor\p{L}*|gener\p{L}*|modific\p{L}*|cambi\p{L}*|document\p{L}*|traduc\p{L}*|convert\p{L}*|convierte|migr\p{L}*|elimin\p{L}*|borr\p{L}*|sac\p{L}*|quit\p{L}*|mov\p{L}*|program\p{L}*|add|implement|write|create|make|build|fix|repair|optimi[sz]e|improve|generate|modify|change|convert|translate|migrate|remove|delete|move|clean|update|actualiz\p{L}*|set\s+up|use|us[aá]\p{L}*)(?!\p{L})/iu,
    'change',
  ],
  [/^(?:explic\p{L}*|describ\p{L}*|explain|describe|qu[eé]\s+hace|what\s+does)/iu, 'explain'],
  [
    /^(?:[¿]|qu[eé]|c[oó]mo|cu[aá]l|por\s*qu[eé]|cu[aá]ndo|qui[eé]n|d[oó]nde|what|how|why|which|when|who|where|can|is|are|does|do|should)(?!\p{L})|\?$/iu,
    'question',
  ],
];
