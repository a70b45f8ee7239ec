import { Link } from '@tanstack/react-router';
import { Mark, type Tone } from '../../parts/note.tsx';
import { money } from '../../words/format.ts';
import { useWords } from '../../words/language.ts';
import type { Task, TaskState } from './generations.ts';
import { codeWords } from './words.ts';

const tones: Record<TaskState, Tone> = {
  planned: 'quiet',
  running: 'info',
  completed: 'good',
  failed: 'bad',
  skipped: 'warn',
  unaffordable: 'warn',
  cancelled: 'quiet',
};

/** Tasks in the order of the plan, with those that each waits for. */
export function Tasks({ tasks }: { tasks: readonly Task[] }) {
  const words = useWords(codeWords);
  if (tasks.length === 0) return <p className="quiet">{words.noTasks}</p>;
  return (
    <ol className="code-tasks">
      {tasks.map(({ id, kind, description, files, dependsOn, state, attempt, runId, reason, cost }) => (
        <li key={id}>
          <span className="row">
            <Mark kind={tones[state]}>{words.states[state]}</Mark>
            <span className="grow">
              <code>{id}</code> <span className="quiet">· {words.kinds[kind]}</span>
            </span>
            {attempt > 1 && <span className="quiet">{words.attempt(attempt)}</span>}
            {cost > 0 && <span className="figure">{money(cost)}</span>}
            {runId !== null && <Link to={`/runs/${runId}`}>{words.run}</Link>}
          </span>
          <span>{description}</span>
          <span className="small quiet">
            {words.taskFiles}: {files.map(({ path }) => path).join(', ')}
            {dependsOn.length > 0 && ` · ${words.after}: ${dependsOn.join(', ')}`}
          </span>
          {reason !== null && reason !== '' && <span className="code-reason">{reason}</span>}
        </li>
      ))}
    </ol>
  );
}
