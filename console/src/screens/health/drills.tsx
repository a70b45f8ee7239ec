import type { UseQueryResult } from '@tanstack/react-query';
import { FlaskConical } from 'lucide-react';
import { type Answer, call } from '../../api/client.ts';
import { type ApiProblem, problemOf } from '../../api/problem.ts';
import { useChange } from '../../api/queries.ts';
import { Button } from '../../parts/button.tsx';
import { Mark, Note, type Tone } from '../../parts/note.tsx';
import { Section } from '../../parts/page.tsx';
import { PlainTable } from '../../parts/plain-table.tsx';
import { Surface } from '../../parts/surface.tsx';
import { useMay } from '../../session/session.tsx';
import { ago, duration, exactTime } from '../../words/format.ts';
import { useWords } from '../../words/language.ts';
import { healthWords } from './words.ts';

type Page = Answer<'GET /api/v1/drills'>;
type Drill = Page['drills'][number];
type Verdict = NonNullable<Drill['last']>['verdict'];

const tones: Record<Verdict, Tone> = { pass: 'good', fail: 'bad', inconclusive: 'warn' };
const touches = ['GET /api/v1/drills'] as const;

/** The last result of each drill, and a start where the installation allows it. */
export function Drills({ read }: { read: UseQueryResult<Page, ApiProblem> }) {
  const words = useWords(healthWords);
  const manages = useMay('operations:manage');
  const start = useChange((name: string) => call('POST /api/v1/drills', { body: { name } }), touches);
  const drills = read.data?.drills ?? [];
  const underWay = read.data?.underWay ?? undefined;
  const starts = manages && read.data?.startable === true;
  return (
    <Section title={words.drills}>
      <p className="small quiet" role="status">
        {underWay === undefined
          ? read.data?.startable === false
            ? words.drillsByCommand
            : words.drillsHint
          : words.drillUnderWay(underWay)}
      </p>
      {start.error !== null && <Note kind="bad">{problemOf(start.error).message}</Note>}
      <Surface read={read} rows={4} isEmpty={drills.length === 0} empty={<p className="quiet">{words.noData}</p>}>
        <PlainTable
          label={words.drills}
          rows={drills}
          keyOf={({ name }) => name}
          columns={[
            {
              title: words.drill,
              cell: ({ name, summary }) => (
                <>
                  <code>{name}</code> <span className="small quiet">{summary}</span>
                </>
              ),
            },
            {
              title: words.verdict,
              cell: ({ last }) =>
                last === null ? (
                  <Mark kind="quiet">{words.never}</Mark>
                ) : (
                  <span title={last.said}>
                    <Mark kind={tones[last.verdict]}>{words.verdicts[last.verdict]}</Mark>
                  </span>
                ),
            },
            {
              title: words.played,
              cell: ({ last }) =>
                last !== null && (
                  <time dateTime={last.startedAt} title={exactTime(last.startedAt)}>
                    {ago(last.startedAt)}
                  </time>
                ),
            },
            {
              title: words.recovery,
              figure: true,
              cell: ({ last }) => (last === null || last.recoveryMs === null ? '' : duration(last.recoveryMs)),
            },
            ...(starts
              ? [
                  {
                    title: words.act,
                    figure: true,
                    cell: ({ name }: Drill) => (
                      <Button
                        icon={FlaskConical}
                        aria-label={words.startNamed(name)}
                        busy={underWay === name}
                        disabled={start.isPending || underWay !== undefined}
                        onClick={() => start.mutate(name)}
                      >
                        {words.startDrill}
                      </Button>
                    ),
                  },
                ]
              : []),
          ]}
        />
      </Surface>
    </Section>
  );
}
