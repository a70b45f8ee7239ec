import type { Answer } from '../../api/client.ts';
import { useAnswer } from '../../api/queries.ts';
import { Mark, Note, type Tone } from '../../parts/note.tsx';
import { Section } from '../../parts/page.tsx';
import { PlainTable } from '../../parts/plain-table.tsx';
import { Surface } from '../../parts/surface.tsx';
import { ago, bytes, count, duration, exactTime } from '../../words/format.ts';
import { useWords } from '../../words/language.ts';
import { processWords } from './process-words.ts';

type Listed = Answer<'GET /api/v1/processes'>['processes'][number];

const tones: Record<Listed['state'], Tone> = { serving: 'good', draining: 'warn', gone: 'bad', unknown: 'quiet' };

/** All processes of the installation, and what is not the same in all of them. */
export function Processes() {
  const words = useWords(processWords);
  const read = useAnswer('GET /api/v1/processes', {}, { every: 15_000 });
  const all = read.data?.processes ?? [];
  const live = all.filter(({ state }) => state !== 'gone');
  const versions = [...new Set(live.flatMap(({ version }) => version ?? []))];
  return (
    <Section title={words.processes}>
      {versions.length > 1 && <Note kind="warn">{words.severalVersions(versions.join(', '))}</Note>}
      {live.some(({ secret }) => (secret?.accepts.length ?? 0) > 1) && <Note kind="warn">{words.severalSecrets}</Note>}
      <Surface read={read} rows={2} isEmpty={all.length === 0} empty={<p className="quiet">{words.none}</p>}>
        <PlainTable
          label={words.processes}
          rows={all}
          keyOf={({ id }) => id}
          columns={[
            {
              title: words.process,
              cell: ({ host, pid, address }) => <code title={`${host} ${pid}`}>{address ?? `${host} ${pid}`}</code>,
            },
            { title: words.state, cell: ({ state }) => <Mark kind={tones[state]}>{words.states[state]}</Mark> },
            { title: words.version, cell: ({ version }) => version ?? '' },
            { title: words.started, cell: ({ startedAt }) => <When at={startedAt} /> },
            { title: words.seen, cell: ({ seenAt }) => <When at={seenAt} /> },
            { title: words.runs, figure: true, cell: ({ load }) => (load === null ? '' : count(load.runs)) },
            { title: words.streams, figure: true, cell: ({ load }) => (load === null ? '' : count(load.streams)) },
            { title: words.memory, figure: true, cell: ({ load }) => (load === null ? '' : bytes(load.memoryBytes)) },
            { title: words.delay, figure: true, cell: ({ load }) => (load === null ? '' : duration(load.eventLoopDelayMs)) },
          ]}
        />
      </Surface>
    </Section>
  );
}

function When({ at }: { at: string | null }) {
  if (at === null) return null;
  return (
    <time dateTime={at} title={exactTime(at)}>
      {ago(at)}
    </time>
  );
}
