import { useQuery } from '@tanstack/react-query';
import { X } from 'lucide-react';
import { useState } from 'react';
import { call } from '../../api/client.ts';
import type { Json } from '../../api/operations.ts';
import type { ApiProblem } from '../../api/problem.ts';
import { Button } from '../../parts/button.tsx';
import { Difference, isDifference } from '../../parts/difference.tsx';
import { JsonView } from '../../parts/json-view.tsx';
import { Facts } from '../../parts/page.tsx';
import { Surface } from '../../parts/surface.tsx';
import { count, duration, money } from '../../words/format.ts';
import { useLanguage, useWords } from '../../words/language.ts';
import type { LocalText, Step, Verdict } from './step.ts';
import { How } from './steps.tsx';
import { runWords } from './words.ts';

/** One step, opened: arguments, result, rule and reason. Large values are loaded when that is asked for. */
export function StepDetails({ run, index, onClose }: { run: string; index: number; onClose(): void }) {
  const words = useWords(runWords);
  const language = useLanguage();
  const [whole, setWhole] = useState(false);
  const read = useQuery<Step | undefined, ApiProblem>({
    queryKey: ['GET /api/v1/runs/{id}/steps', run, 'step', index, whole],
    queryFn: async ({ signal }) => {
      if (whole) return (await call('GET /api/v1/runs/{id}/steps/{index}', { path: { id: run, index }, signal })) as Step;
      const { steps } = await call('GET /api/v1/runs/{id}/steps', {
        path: { id: run },
        query: { before: index + 1, limit: 1 },
        signal,
      });
      return steps[0] as Step | undefined;
    },
  });
  const step = read.data;
  const data = step?.data ?? {};
  const verdict = typeof data.verdict === 'object' ? (data.verdict as Verdict) : undefined;
  const reason = verdict?.reason ?? data.reason;
  const rule = verdict?.rule ?? data.rule;
  const text = (given: LocalText | string | undefined) => (typeof given === 'object' ? given[language] : given);
  const differences = Object.entries((data.args ?? {}) as Record<string, Json>).filter(([, value]) => isDifference(value));
  return (
    <aside className="step-details" aria-label={words.step(index)}>
      <div className="row">
        <h2 className="grow">{words.step(index)}</h2>
        <Button kind="quiet" icon={X} iconOnly onClick={onClose}>
          {words.closeStep}
        </Button>
      </div>
      <Surface read={read}>
        {step !== undefined && (
          <>
            <p>
              {words.events[step.event as keyof typeof words.events] ?? step.event}{' '}
              {data.tool !== undefined && <code>{data.tool}</code>} <How step={step} />
            </p>
            <Facts
              facts={[
                ...(rule === undefined ? [] : [[words.rule, <code key="rule">{rule}</code>] as const]),
                ...(text(reason) === undefined ? [] : [[words.reason, text(reason)] as const]),
                ...(data.by === undefined ? [] : [[words.by, data.by] as const]),
                ...(data.milliseconds === undefined ? [] : [[words.duration, duration(data.milliseconds)] as const]),
                ...(data.usage === undefined
                  ? []
                  : [[words.tokens, words.tokensOf(count(data.usage.inputTokens), count(data.usage.outputTokens))] as const]),
                ...(data.cost === undefined ? [] : [[words.cost, money(data.cost)] as const]),
              ]}
            />
            {differences.map(([name, value]) => (
              <Difference key={name} text={String(value)} label={name} />
            ))}
            <JsonView label={words.arguments} value={data.args} />
            <JsonView label={words.result} value={data.output} />
            <JsonView label={words.everything} value={step.data as unknown as Json} />
            {step.href !== undefined && !whole && <Button onClick={() => setWhole(true)}>{words.wholeStep}</Button>}
          </>
        )}
      </Surface>
    </aside>
  );
}
