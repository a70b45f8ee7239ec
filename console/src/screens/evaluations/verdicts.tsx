import { useQueries } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { call } from '../../api/client.ts';
import { Section } from '../../parts/page.tsx';
import { PlainTable } from '../../parts/plain-table.tsx';
import { ago, count } from '../../words/format.ts';
import { useWords } from '../../words/language.ts';
import { type Verdict, VerdictMark } from './marks.tsx';
import { type Evaluation, isUnderWay, shortVersion } from './shapes.ts';
import { evaluationWords } from './words.ts';

/** Cases that are shown; those that changed or fail are first. */
const mostShown = 50;

interface Line {
  name: string;
  verdicts: { verdict: Verdict; faults: readonly string[] }[];
}

/** What each case came to in the latest evaluations, the newest first. */
export function Verdicts({ evaluations }: { evaluations: readonly Evaluation[] }) {
  const words = useWords(evaluationWords);
  const reads = useQueries({
    queries: evaluations.map((evaluation) => ({
      // With what is known so far: it is read anew as it is played.
      queryKey: ['GET /api/v1/evaluations/{id}/results', evaluation.id, evaluation.passed + evaluation.failed],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        call('GET /api/v1/evaluations/{id}/results', { path: { id: evaluation.id }, query: { limit: 200 }, signal }),
      staleTime: isUnderWay(evaluation) ? 0 : 600_000,
    })),
  });
  const all = reads.map(({ data }) => new Map((data?.results ?? []).map((result) => [result.name, result])));
  const names = [...new Set(all.flatMap((results) => [...results.keys()]))];
  const lines = names
    .map((name): Line => {
      const verdicts = all.map((results) => {
        const found = results.get(name);
        const verdict: Verdict =
          found === undefined ? 'absent' : found.passed === null ? 'waiting' : found.passed ? 'passed' : 'failed';
        return { verdict, faults: found?.faults ?? [] };
      });
      return { name, verdicts };
    })
    .sort((one, other) => weightOf(other) - weightOf(one) || one.name.localeCompare(other.name));
  if (lines.length === 0) return null;
  return (
    <Section title={words.verdicts}>
      <p className="small quiet">{words.verdictsHint}</p>
      <PlainTable
        label={words.verdicts}
        rows={lines.slice(0, mostShown)}
        keyOf={({ name }) => name}
        columns={[
          { title: words.case, cell: ({ name }) => name },
          ...evaluations.map(({ agentVersion, createdAt }, at) => ({
            title: `${shortVersion(agentVersion)} · ${ago(createdAt)}${'\u200b'.repeat(at)}`,
            cell: ({ verdicts }: Line) => {
              const { verdict, faults } = verdicts[at] ?? { verdict: 'absent' as const, faults: [] };
              return <VerdictMark verdict={verdict} hint={faults.length === 0 ? undefined : faults.join('\n')} />;
            },
          })),
        ]}
      />
      {lines.length > mostShown && evaluations[0] !== undefined && (
        <p className="small">
          <Link to={`/evaluations/${evaluations[0].id}`}>
            {words.results}: {count(lines.length)}
          </Link>
        </p>
      )}
    </Section>
  );
}

/** What fails now, then what was otherwise before. */
function weightOf({ verdicts }: Line): number {
  const [now] = verdicts;
  const differs = verdicts.some(({ verdict }) => verdict !== now?.verdict && verdict !== 'absent');
  return (now?.verdict === 'failed' ? 2 : 0) + (differs ? 1 : 0);
}
