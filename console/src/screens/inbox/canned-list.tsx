import { useWords } from '../../words/language.ts';
import type { CannedText } from './reply-options.ts';
import { inboxWords } from './words.ts';

/** What is looked for after a slash at the end of a text; `undefined` where there is none. */
export function slashOf(text: string): string | undefined {
  return /(?:^|\s)\/([\p{L}\p{N}-]*)$/u.exec(text)?.[1];
}

/** The text with the canned one in the place of what was typed after the slash. */
export function withCanned(text: string, { text: canned }: CannedText, customer: string): string {
  return text.replace(/\/[\p{L}\p{N}-]*$/u, () => canned.replaceAll('{name}', customer));
}

/** Those whose name begins with it come first, then those that have it anywhere. */
export function matching(all: readonly CannedText[], wanted: string): CannedText[] {
  const folded = fold(wanted);
  const begins = all.filter(({ name }) => fold(name).startsWith(folded));
  const has = all.filter((each) => !begins.includes(each) && fold(`${each.name} ${each.text}`).includes(folded));
  return [...begins, ...has].slice(0, 8);
}

function fold(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}

interface CannedListProps {
  id: string;
  found: readonly CannedText[];
  at: number;
  onChoose(canned: CannedText): void;
}

/** Above the field while something stands after a slash; arrow keys move, Enter takes. */
export function CannedList({ id, found, at, onChoose }: CannedListProps) {
  const words = useWords(inboxWords);
  return (
    <div className="canned-list">
      {found.length === 0 ? (
        <p className="small quiet">{words.noCanned}</p>
      ) : (
        <div role="listbox" id={id} aria-label={words.canned}>
          {found.map((canned, place) => (
            <div
              key={canned.name}
              id={`${id}-${place}`}
              role="option"
              tabIndex={-1}
              aria-selected={place === at}
              // The field keeps the focus.
              onMouseDown={(event) => {
                event.preventDefault();
                onChoose(canned);
              }}
            >
              <strong>/{canned.name}</strong> <span className="quiet">{canned.text}</span>
            </div>
          ))}
        </div>
      )}
    </div>
  );
}
