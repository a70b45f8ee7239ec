import { useWords } from '../words/language.ts';
import './difference.css';
import { partWords } from './words.ts';

const kinds: Record<string, string> = { '+': 'added', '-': 'removed', '@': 'place', d: 'head', i: 'head', n: 'head' };

/** Whether a text is a unified diff. */
export function isDifference(text: unknown): text is string {
  return typeof text === 'string' && /^(diff --git|--- .+\n\+\+\+ )/m.test(text) && /^@@/m.test(text);
}

/** A unified diff, line by line; each line says by its sign what became of it, and by its colour. */
export function Difference({ text, label }: { text: string; label: string }) {
  const words = useWords(partWords);
  const lines = text.replace(/\n$/, '').split('\n');
  if (text.trim() === '') return <p className="quiet">{words.noChange}</p>;
  return (
    <pre className="difference" tabIndex={0} aria-label={label}>
      {lines.map((line, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines of a diff have nothing else
        <span key={at} className={/^(---|\+\+\+) /.test(line) ? 'head' : (kinds[line[0] ?? ''] ?? '')}>
          {line === '' ? ' ' : line}
          {'\n'}
        </span>
      ))}
    </pre>
  );
}
