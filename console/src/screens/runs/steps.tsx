import { useInfiniteQuery } from '@tanstack/react-query';
import { Bot, CheckCheck, Hammer, type LucideIcon, MessageSquareText, ScrollText, ShieldCheck, UserCheck } from 'lucide-react';
import { useMemo } from 'react';
import { call } from '../../api/client.ts';
import { Mark, type Tone } from '../../parts/note.tsx';
import { Empty } from '../../parts/surface.tsx';
import { Timeline } from '../../parts/timeline.tsx';
import { count, duration, money } from '../../words/format.ts';
import { useWords } from '../../words/language.ts';
import type { Step, Verdict } from './step.ts';
import { runWords } from './words.ts';

/** As many as the API gives at once. */
const pageSize = 100;

const icons: Record<string, LucideIcon> = {
  'plan-made': Bot,
  'summary-made': ScrollText,
  'call-decided': ShieldCheck,
  'call-finished': Hammer,
  'approval-decided': UserCheck,
  'reply-checked': CheckCheck,
  'reply-given': MessageSquareText,
};

interface StepsProps {
  run: string;
  total: number;
  notable: boolean;
  chosen: number | undefined;
  onChoose(index: number): void;
}

/** The steps of a run, one line each, in their order. */
export function Steps({ run, total, notable, chosen, onChoose }: StepsProps) {
  const words = useWords(runWords);
  const shared = {
    label: words.steps,
    head: <StepHead />,
    row: (step: Step) => <StepRow step={step} />,
  };
  if (notable) return <NotableSteps run={run} chosen={chosen} onChoose={onChoose} shared={shared} />;
  return (
    <Timeline<Step>
      {...shared}
      total={total}
      pageSize={pageSize}
      queryKey={['GET /api/v1/runs/{id}/steps', run]}
      load={async (page, signal) => {
        const { steps } = await call('GET /api/v1/runs/{id}/steps', {
          path: { id: run },
          query: { before: Math.min(total, (page + 1) * pageSize), limit: pageSize },
          signal,
        });
        return new Map(steps.map((step) => [step.index, step as Step]));
      }}
      chosen={chosen}
      onChoose={onChoose}
    />
  );
}

interface Shared {
  label: string;
  head: React.ReactNode;
  row(step: Step): React.ReactNode;
}

function NotableSteps({ run, chosen, onChoose, shared }: Pick<StepsProps, 'run' | 'chosen' | 'onChoose'> & { shared: Shared }) {
  const words = useWords(runWords);
  const read = useInfiniteQuery({
    queryKey: ['GET /api/v1/runs/{id}/steps', run, 'notable'],
    queryFn: ({ pageParam, signal }) =>
      call('GET /api/v1/runs/{id}/steps', {
        path: { id: run },
        query: { notable: 'true', before: pageParam, limit: pageSize },
        signal,
      }),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: ({ before }) => before ?? undefined,
  });
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = read;
  // All of them: what went wrong is few, and is wanted as a whole.
  if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  const steps = useMemo(() => (read.data?.pages ?? []).toReversed().flatMap(({ steps: page }) => page as Step[]), [read.data]);
  if (read.data !== undefined && !hasNextPage && steps.length === 0) return <Empty title={words.noNotable} />;
  const place = steps.findIndex(({ index }) => index === chosen);
  return (
    <Timeline<Step>
      {...shared}
      total={steps.length}
      pageSize={steps.length + 1}
      queryKey={['notable steps', run, steps.length]}
      load={async () => new Map(steps.map((step, at) => [at, step]))}
      chosen={place < 0 ? undefined : place}
      onChoose={(at) => onChoose(steps[at]?.index ?? 0)}
    />
  );
}

function StepHead() {
  const words = useWords(runWords);
  return (
    <>
      <span className="figure">#</span>
      <span>{words.what}</span>
      <span>{words.who}</span>
      <span>{words.how}</span>
      <span className="figure step-wide">{words.duration}</span>
      <span className="figure step-wide">{words.tokens}</span>
      <span className="figure step-wide">{words.cost}</span>
    </>
  );
}

function StepRow({ step }: { step: Step }) {
  const words = useWords(runWords);
  const { index, event, data } = step;
  const Icon = icons[event];
  const tokens = data.usage === undefined ? undefined : data.usage.inputTokens + data.usage.outputTokens;
  const name = words.events[event as keyof typeof words.events] ?? event;
  return (
    <>
      <span className="figure quiet">{index}</span>
      <span className="row cut">
        {Icon !== undefined && <Icon size={14} aria-hidden="true" />}
        <span className="cut">{name}</span>
      </span>
      <span className="cut">{subjectOf(data, words)}</span>
      <span className="cut">
        <How step={step} />
      </span>
      <span className="figure step-wide">{data.milliseconds === undefined ? '' : duration(data.milliseconds)}</span>
      <span className="figure step-wide">{tokens === undefined ? '' : count(tokens)}</span>
      <span className="figure step-wide">{data.cost === undefined ? '' : money(data.cost)}</span>
    </>
  );
}

function subjectOf({ tool, model, planner, text }: Step['data'], words: (typeof runWords)['en']): string {
  return tool ?? model ?? (planner === 'flow' ? words.flow : (text ?? ''));
}

/** How a step went, in a word: what was denied is as visible as what was done. */
export function How({ step: { event, data } }: { step: Step }) {
  const words = useWords(runWords);
  const mark = (kind: Tone, text: string) => <Mark kind={kind}>{text}</Mark>;
  if (event === 'call-decided' && typeof data.verdict === 'object') {
    const { kind, rule, remembered } = data.verdict as Verdict;
    const tones = { allow: 'good', deny: 'bad', ask: 'warn' } as const;
    return (
      <>
        {mark(tones[kind], words.verdicts[kind])}
        {rule !== undefined && <span className="quiet"> {rule}</span>}
        {remembered !== undefined && <span className="quiet"> {words.remembered}</span>}
      </>
    );
  }
  if (event === 'call-finished' && data.status !== undefined) {
    return (
      <>
        {mark(data.status === 'completed' ? 'good' : data.status === 'failed' ? 'bad' : 'warn', words.results[data.status])}
        {data.recovered === true && <span className="quiet"> {words.recovered}</span>}
      </>
    );
  }
  if (event === 'approval-decided' && data.decision !== undefined)
    return mark(data.decision === 'approve' ? 'good' : 'bad', words.decisions[data.decision]);
  if (event === 'reply-checked' && typeof data.verdict === 'string')
    return mark(data.verdict === 'pass' ? 'good' : 'warn', words.checks[data.verdict as keyof typeof words.checks] ?? data.verdict);
  if (event === 'plan-made') {
    if (data.degraded !== undefined) return mark('warn', words.degraded);
    return <span className="quiet">{(data.calls?.length ?? 0) > 0 ? words.calls(data.calls?.length ?? 0) : ''}</span>;
  }
  if (event === 'reply-given' && data.outcome !== undefined)
    return <span className="quiet">{words.outcomes[data.outcome as keyof typeof words.outcomes] ?? data.outcome}</span>;
  return null;
}
