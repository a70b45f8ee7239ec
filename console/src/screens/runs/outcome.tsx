import { Mark, type Tone } from '../../parts/note.tsx';
import { useWords } from '../../words/language.ts';
import { runWords } from './words.ts';

export type Outcome = keyof (typeof runWords)['en']['outcomes'];
export type Status = keyof (typeof runWords)['en']['statuses'];

const tones: Record<Outcome, Tone> = {
  replied: 'good',
  awaiting_input: 'good',
  awaiting_approval: 'warn',
  awaiting_answer: 'info',
  denied: 'warn',
  escalated: 'warn',
  failed: 'bad',
  cancelled: 'quiet',
};

/** How a run ended, or where it is. */
export function OutcomeMark({ outcome, status }: { outcome: Outcome | null; status: Status }) {
  const words = useWords(runWords);
  if (outcome !== null) return <Mark kind={tones[outcome]}>{words.outcomes[outcome]}</Mark>;
  return <Mark kind={status === 'waiting' ? 'warn' : 'info'}>{words.statuses[status]}</Mark>;
}
