import { Mark, type Tone } from '../../parts/note.tsx';
import { useWords } from '../../words/language.ts';
import type { Listed, Result } from './generations.ts';
import { codeWords } from './words.ts';

const tones: Record<Result, Tone> = {
  committed: 'good',
  written: 'good',
  designed: 'info',
  rejected: 'warn',
  stale: 'warn',
  failed: 'bad',
  cancelled: 'quiet',
};

/** How it ended, whom it waits for, or at which stage it is. */
export function StageMark({ of: { stage, result } }: { of: Pick<Listed, 'stage' | 'result'> }) {
  const words = useWords(codeWords);
  if (result !== null) return <Mark kind={tones[result]}>{words.results[result]}</Mark>;
  if (stage === 'question' || stage === 'plan' || stage === 'approval') return <Mark kind="warn">{words.waits[stage]}</Mark>;
  return <Mark kind="info">{words.stages[stage]}</Mark>;
}
