import { Mark, type Tone } from '../../parts/note.tsx';
import { count } from '../../words/format.ts';
import { useWords } from '../../words/language.ts';
import type { Collection } from './shapes.ts';
import { knowledgeWords } from './words.ts';

const tones: Record<Collection['vectors']['state'], Tone> = { none: 'quiet', building: 'info', ready: 'good', failed: 'bad' };

/** How far the index by vectors is; words are always searched. */
export function VectorMark({ vectors: { state, done, total, failure, model } }: { vectors: Collection['vectors'] }) {
  const words = useWords(knowledgeWords);
  return (
    <span title={failure ?? model ?? undefined}>
      <Mark kind={tones[state]}>
        {words.vectorStates[state]}
        {(state === 'building' || state === 'failed') && ` · ${words.vectorsDone(count(done), count(total))}`}
      </Mark>
    </span>
  );
}
