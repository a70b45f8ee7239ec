/** The score of a report, by rule. */
import type { CheckReport, Review, Score, ScoreOf, ScorePart } from './contract.ts';

/** What a change can get whose tests did not run, or did not pass. */
const mostWithoutTests = 4;
const mostOfReview = 3;
const coveredEnough = 0.8;

export const scoreOf: ScoreOf = (report: CheckReport, review?: Review): Score => {
  const executed = report.tests.backend !== undefined;
  // A change without code has nothing that a test of its own could run.
  const nature = report.contents;
  const parts: ScorePart[] = [
    part('parses', report.parses ? 2 : 0, 2, report.parses ? 'Every changed file parses.' : 'A changed file does not parse.'),
    typesPart(report, nature),
    testsPart(report, nature),
    coveragePart(report, nature),
    forbiddenPart(report),
    documentationPart(report),
    reviewPart(review),
  ];
  const sum = parts.reduce((points, each) => points + each.points, 0);
  const proven = report.tests.ok || nature !== 'code';
  const value = Math.max(0, Math.min(sum, proven && report.parses ? 10 : mostWithoutTests));
  return { value: Math.round(value * 10) / 10, parts, executed };
};

const part = (name: ScorePart['name'], points: number, of: number, why: string): ScorePart => ({ name, points, of, why });

function typesPart({ types, findings }: CheckReport, nature: CheckReport['contents']): ScorePart {
  if (types === undefined && (nature === 'documentation' || nature === 'data'))
    return part('types', 1, 1, 'There is nothing with types.');
  if (types === undefined) return part('types', 0, 1, 'Nothing here checks the types of these languages.');
  const count = findings.filter(({ check, level }) => check === 'types' && level === 'error').length;
  return types ? part('types', 1, 1, 'No fault of types or names.') : part('types', 0, 1, `${count} faults of types or names.`);
}

function testsPart({ tests }: CheckReport, nature: CheckReport['contents']): ScorePart {
  const { runner, backend, reason, passed, failed, ok } = tests;
  if (backend === undefined) {
    if (nature === 'documentation')
      return part('tests', 4, 4, 'Not executed: the change is documentation, and has nothing to run.');
    if (nature === 'data') return part('tests', 0, 4, `Not executed: the change is configuration or data. ${reason ?? ''}`.trim());
    return part(
      'tests',
      0,
      4,
      `Not executed: ${reason ?? 'there are no tests of what changed.'} Without tests that pass, 4 is the most.`,
    );
  }
  const by = `${runner}, ${backend}`;
  if (ok) return part('tests', 4, 4, `${passed} tests passed (${by}).`);
  if (failed > 0)
    return part('tests', 0, 4, `${failed} tests failed, ${passed} passed (${by}). Without tests that pass, 4 is the most.`);
  return part(
    'tests',
    0,
    4,
    `No test is evidence: each is skipped, asserts nothing, or never calls what changed (${by}). 4 is the most.`,
  );
}

function coveragePart({ covered, tests }: CheckReport, nature: CheckReport['contents']): ScorePart {
  if (nature === 'documentation' || nature === 'data') return part('coverage', 1, 1, 'There are no lines to run.');
  if (!tests.ok) return part('coverage', 0, 1, 'It counts where the tests pass.');
  if (nature === 'tests') return part('coverage', 1, 1, 'Only tests changed, and they run code of the project.');
  if (covered === undefined) return part('coverage', 0, 1, 'It was not measured.');
  const shown = `${Math.round(covered * 100)} % of the changed lines were run; ${coveredEnough * 100} % are needed.`;
  return part('coverage', covered >= coveredEnough ? 1 : 0, 1, shown);
}

function forbiddenPart({ findings }: CheckReport): ScorePart {
  const found = findings.filter(({ check, level }) => check === 'forbidden' && level === 'error');
  if (found.length === 0) return part('forbidden', 1, 1, 'Nothing that is forbidden was found.');
  return part('forbidden', 0, 1, `${found.length} times what is forbidden, first: ${found[0]?.message ?? ''}`);
}

function documentationPart({ findings, documented }: CheckReport): ScorePart {
  if (documented === undefined) return part('documentation', 1, 1, 'Nothing that changed is exported.');
  const missing = findings.filter(({ check }) => check === 'documentation').length;
  const shown = `${Math.round(documented * 100)} % of what is exported and changed is documented; 80 % are needed.`;
  return documented >= 0.8 ? part('documentation', 1, 1, shown) : part('documentation', 0, 1, `${shown} ${missing} are not.`);
}

/** It takes away and never adds: 0.3 for each point below 10. */
function reviewPart(review: Review | undefined): ScorePart {
  if (review === undefined) return part('review', 0, 0, 'No review.');
  if (!Number.isFinite(review.score))
    return part('review', -mostOfReview, 0, 'The review gave no number: it counts as the lowest.');
  const score = Math.max(0, Math.min(10, review.score));
  const taken = Math.round((10 - score) * (mostOfReview / 10) * 10) / 10;
  return part('review', taken === 0 ? 0 : -taken, 0, `The review gave ${score} of 10, and takes up to ${mostOfReview} away.`);
}
