import { CircleCheck, CircleDashed, CircleX, Minus } from 'lucide-react';
import { Mark, type Tone } from '../../parts/note.tsx';
import { Bar } from '../../parts/plain-table.tsx';
import { count } from '../../words/format.ts';
import { useWords } from '../../words/language.ts';
import type { Evaluation } from './shapes.ts';
import { evaluationWords } from './words.ts';

const tones: Record<Evaluation['status'], Tone> = { queued: 'quiet', running: 'info', finished: 'good', failed: 'bad' };

/** Whether it was played; what came of its cases is beside it. */
export function EvaluationMark({ evaluation: { status, failure } }: { evaluation: Evaluation }) {
  const words = useWords(evaluationWords);
  return (
    <span title={failure ?? undefined}>
      <Mark kind={status === 'finished' ? 'quiet' : tones[status]}>{words.statuses[status]}</Mark>
    </span>
  );
}

export function Passed({ evaluation: { passed, failed, cases } }: { evaluation: Evaluation }) {
  const words = useWords(evaluationWords);
  return (
    <span className="evaluation-passed">
      <span className={failed > 0 ? 'evaluation-bad' : undefined}>{words.passedOf(count(passed), count(cases))}</span>
      <Bar share={cases === 0 ? 0 : passed / cases} tone={failed > 0 ? 'bad' : passed === cases ? 'good' : 'plain'} />
    </span>
  );
}

export type Verdict = 'passed' | 'failed' | 'waiting' | 'absent';
const verdicts = {
  passed: ['good', CircleCheck],
  failed: ['bad', CircleX],
  waiting: ['quiet', CircleDashed],
  absent: ['quiet', Minus],
} as const;

/** @param plain its word alone, for tables where each column is one evaluation. */
export function VerdictMark({ verdict, hint }: { verdict: Verdict; hint?: string | undefined }) {
  const words = useWords(evaluationWords);
  const [tone, icon] = verdicts[verdict];
  return (
    <span title={hint}>
      <Mark kind={tone} icon={icon}>
        {words.verdict[verdict]}
      </Mark>
    </span>
  );
}
