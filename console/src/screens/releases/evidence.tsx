import { Mark } from '../../parts/note.tsx';
import { count, percent } from '../../words/format.ts';
import { useWords } from '../../words/language.ts';
import type { Release } from './releases.tsx';
import { releaseWords } from './words.ts';

type Metric = 'success' | 'latency' | 'cost' | 'sample-ratio' | 'feedback';

/** Where the plan says nothing; the server's own (docs/releases-statistics.md). */
const defaultAlpha: Record<Metric, number> = { success: 0.02, latency: 0.01, cost: 0.01, 'sample-ratio': 0.01, feedback: 0.05 };
const promotion = 0.05;
/** These hold a release, and never promote it. */
const onlyAgainst: ReadonlySet<Metric> = new Set(['sample-ratio', 'feedback']);

/** E-values against what decides, and the counts that they come of, as a table. */
export function Evidence({ release: { standing, plan } }: { release: Release }) {
  const words = useWords(releaseWords);
  if (standing === null) return <p className="quiet">{words.noLook}</p>;
  const alphaOf = (name: Metric) => (name in plan.alpha ? plan.alpha[name as 'success'] : undefined) ?? defaultAlpha[name];
  const metrics = Object.entries(standing.metrics) as [Metric, NonNullable<Release['standing']>['metrics'][string]][];
  return (
    <>
      <p className="small quiet">{words.evidenceHint}</p>
      <div className="evidence">
        {metrics.map(([name, { finding, evidence, reason }]) => (
          <div key={name} className="evidence-metric">
            <div className="row">
              <h3>{words.metrics[name] ?? name}</h3>
              <Mark kind={finding === 'pass' ? 'good' : finding === 'fail' ? 'bad' : 'quiet'}>{words.findings[finding]}</Mark>
            </div>
            <Bar
              label={onlyAgainst.has(name) ? words.wrong : words.worse}
              logarithm={evidence.against}
              threshold={1 / alphaOf(name)}
              bad
            />
            {!onlyAgainst.has(name) && <Bar label={words.goodEnough} logarithm={evidence.for} threshold={1 / promotion} />}
            <p className="small quiet">{reason}</p>
          </div>
        ))}
      </div>
      <div className="evidence-table" tabIndex={0} role="region" aria-label={words.evidence}>
        <table>
          <thead>
            <tr>
              <th scope="col">{words.metric}</th>
              <th scope="col">{words.arm}</th>
              <th scope="col" className="figure">
                {words.turns}
              </th>
              <th scope="col" className="figure">
                {words.people}
              </th>
              <th scope="col" className="figure">
                {words.events}
              </th>
            </tr>
          </thead>
          <tbody>
            {metrics.flatMap(([name, metric]) =>
              (['stable', 'canary'] as const).map((arm) => (
                <tr key={`${name} ${arm}`}>
                  <th scope="row">{words.metrics[name] ?? name}</th>
                  <td className={arm === 'canary' ? 'arm-canary' : undefined}>{words[arm]}</td>
                  <td className="figure">{count(metric[arm].turns)}</td>
                  <td className="figure">{count(metric[arm].units)}</td>
                  <td className="figure">
                    {count(metric[arm].events)}
                    {metric[arm].rate !== undefined && <span className="quiet"> · {percent(metric[arm].rate, 2)}</span>}
                  </td>
                </tr>
              )),
            )}
          </tbody>
        </table>
      </div>
    </>
  );
}

/** Logarithmic, from 1 to ten times what decides. @param logarithm decimal, of the e-value: 2 is a hundred to one */
function Bar({ label, logarithm, threshold, bad = false }: { label: string; logarithm: number; threshold: number; bad?: boolean }) {
  const words = useWords(releaseWords);
  const end = Math.log10(threshold * 10);
  const place = (at: number) => `${Math.max(0, Math.min(100, (at / end) * 100))}%`;
  const shown = logarithm >= 6 ? '> 10⁶' : count(Math.round(10 ** logarithm * 10) / 10);
  const text = words.ofThreshold(shown, count(Math.round(threshold)));
  return (
    <div className="evidence-bar">
      <span className="small">{label}</span>
      <span className="evidence-track" aria-hidden="true">
        <span className={bad ? 'bad' : 'good'} style={{ width: place(logarithm) }} />
        <i style={{ left: place(Math.log10(threshold)) }} />
      </span>
      <span className="small figure">{text}</span>
    </div>
  );
}
