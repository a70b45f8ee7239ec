/** Where a file does not parse, by the grammars: no process, about a millisecond. */
import type { Diagnostic } from '../analysis/diagnostics.ts';
import { grammarOf, type SyntaxNode } from '../analysis/grammars.ts';
import { languageOfPath } from '../analysis/languages.ts';

/** Bytes; what is larger is data. */
const largest = 1_000_000;
const mostFaults = 20;

/** `undefined` where no grammar reads the file. */
export async function syntaxFaults(path: string, bytes: Uint8Array): Promise<Diagnostic[] | undefined> {
  const language = languageOfPath(path);
  if (language === undefined || bytes.byteLength > largest) return undefined;
  const text = new TextDecoder().decode(bytes);
  const grammar = await grammarOf(language);
  return grammar.parse(text, (root) => {
    const faults: Diagnostic[] = [];
    const pending = [root];
    for (let node = pending.pop(); node !== undefined && faults.length < mostFaults; node = pending.pop()) {
      if (node.isMissing || node.type === 'ERROR') faults.push(faultOf(path, node));
      else if (node.hasError) for (const child of node.children.toReversed()) if (child !== null) pending.push(child);
    }
    return faults;
  });
}

function faultOf(path: string, node: SyntaxNode): Diagnostic {
  const { row, column } = node.startPosition;
  const text = node.text.trim().split('\n')[0]?.slice(0, 60) ?? '';
  const message = node.isMissing ? `${node.type} is missing` : `this does not parse: ${text}`;
  return { path, line: row + 1, column: column + 1, severity: 'error', code: 'syntax', message };
}
