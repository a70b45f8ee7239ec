/**
 * Which SQL the handle of a tool takes. A tool's statements run on a connection that can become the runtime again (`RESET ROLE`) and can name
 * another workspace (`set_config`), so what leads there is refused before it is sent. A lexer is enough for that: it need not understand a
 * statement, only know which of its characters are words, and it refuses the spellings that hide words.
 */

/** A tool's statement that is not sent. */
export class StatementRefused extends Error {
  override readonly name = 'StatementRefused';
}

const leading = new Set(['select', 'insert', 'update', 'delete', 'merge', 'with', 'values', 'savepoint', 'release', 'rollback']);

/** How Drizzle and tools write savepoints. */
const savepoint = /^(?:savepoint|release(?:\s+savepoint)?|rollback\s+to(?:\s+savepoint)?)\s+[a-z_][a-z0-9_]*$/i;

/**
 * What Drizzle's `transaction()` sends. A tool has its transaction already: inside of it they are a savepoint, so that a `commit` cannot end
 * the transaction that also carries the idempotency key.
 */
const nested: Readonly<Record<string, string>> = {
  begin: 'SAVEPOINT timonel_nested',
  commit: 'RELEASE SAVEPOINT timonel_nested',
  rollback: 'ROLLBACK TO SAVEPOINT timonel_nested',
};

/** System functions without a way out that tools have a use for. Every other name that begins with `pg_` is refused. */
const allowedSystemNames = new Set([
  'pg_catalog',
  'pg_typeof',
  'pg_column_size',
  'pg_advisory_xact_lock',
  'pg_advisory_xact_lock_shared',
  'pg_try_advisory_xact_lock',
  'pg_try_advisory_xact_lock_shared',
]);

/**
 * Names that change settings, run SQL that they are given as text, or reach files, large objects and other databases. `set_config` and the
 * functions that take SQL are also revoked from the role of tools where the login may do that (migration 0007).
 */
const refusedNames =
  /^(?:set_config|(?:query|cursor|table|schema|database)_to_xml(?:schema|_and_xmlschema)?|ts_stat|ts_rewrite|crosstab\w*|connectby|xpath_table|dblink\w*|lo_\w+|lowrite|loread|pgboss|timonel_\w+)$/;

/**
 * Checks a statement of a tool.
 * @returns what to send in its place: the text itself, but for a nested transaction.
 * @throws StatementRefused
 */
export function screened(text: string): string {
  const before = known.get(text);
  if (before !== undefined) return before;
  const checked = check(text);
  // Texts of tools are few, with parameters: a tool that writes values into its texts must not fill the memory.
  if (known.size >= 500) known.clear();
  known.set(text, checked);
  return checked;
}

const known = new Map<string, string>();

function check(text: string): string {
  // The protocol ends a text at the first one.
  if (text.includes('\0')) throw refusal('a text with a null character');
  const words = wordsOf(text);
  const [first] = words;
  if (first === undefined) throw refusal('an empty statement');
  const bare = text.trim().replace(/;$/, '').trim();
  const inside = nested[bare.toLowerCase()];
  if (inside !== undefined) return inside;
  if (!leading.has(first)) throw refusal(`a statement that begins with ${first.toUpperCase()}`);
  if ((first === 'savepoint' || first === 'release' || first === 'rollback') && !savepoint.test(bare))
    throw refusal(`"${bare.slice(0, 40)}"`);
  for (const [index, word] of words.entries()) {
    if (refusedNames.test(word) || (word.startsWith('pg_') && !allowedSystemNames.has(word))) throw refusal(`the name ${word}`);
    // SELECT … INTO makes a table, and a temporary one would stand before Timonel's own of that name.
    const before = words[index - 1];
    if (word === 'into' && before !== 'insert' && before !== 'merge') throw refusal('SELECT … INTO');
  }
  return text;
}

function refusal(what: string): StatementRefused {
  return new StatementRefused(
    `A query of a tool takes one SELECT, INSERT, UPDATE, DELETE, MERGE, WITH or VALUES statement, or a savepoint; ${what} is refused.`,
  );
}

/** A word that ends before a quote changes how the quoted text is read: `E'…'`, `U&'…'`, `U&"…"`. */
const token =
  /(?<space>\s+)|(?<comment>--[^\n\r]*)|(?<text>'(?:[^']|'')*')|"(?<quoted>(?:[^"]|"")*)"|(?<word>[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*)|(?<number>[0-9]+)|(?<parameter>\$[0-9]+)|(?<other>.)/gsuy;

/** The words of a statement in lower case: keywords and names, the quoted ones too; without what texts and comments hold. */
function wordsOf(text: string): string[] {
  const words: string[] = [];
  token.lastIndex = 0;
  while (token.lastIndex < text.length) {
    const at = token.lastIndex;
    if (text.startsWith('/*', at)) {
      token.lastIndex = endOfComment(text, at);
      continue;
    }
    const found = token.exec(text)?.groups;
    if (found === undefined) throw refusal('a text that cannot be read as SQL');
    const { quoted, word, other } = found;
    if (quoted !== undefined) words.push(quoted.replaceAll('""', '"').toLowerCase());
    else if (word !== undefined) {
      words.push(word.toLowerCase());
      const next = text.slice(token.lastIndex, token.lastIndex + 2);
      if (/^e$/i.test(word) && next.startsWith("'")) throw refusal("a text with escapes (E'…'); send it as a parameter, which");
      if (/^u$/i.test(word) && /^&['"]/.test(next)) throw refusal('a text or name with escapes (U&\'…\', U&"…")');
    } else if (other === "'" || other === '"') throw refusal('a text or name that does not end');
    else if (other === '$') throw refusal('a text in dollar quotes; send it as a parameter, which');
    else if (other === ';' && text.slice(token.lastIndex).trim() !== '') throw refusal('more than one statement');
  }
  return words;
}

/** Comments nest in PostgreSQL. */
function endOfComment(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    if (text.startsWith('/*', at)) {
      depth++;
      at++;
    } else if (text.startsWith('*/', at)) {
      depth--;
      at++;
      if (depth === 0) return at + 1;
    }
  }
  throw refusal('a comment that does not end');
}
