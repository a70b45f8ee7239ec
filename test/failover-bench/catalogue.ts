/**
 * The sixteen cases of FailoverBench, methodology v0.1 (github.com/failoverbench/failoverbench, scenarios/catalogue.yaml): its faults,
 * checks and limits, in our words and on our provider.
 */
import { canonicalAnswer } from '../faulty-provider/answer.ts';
import type { Called } from '../model-caller.ts';
import type { Case, Check, Outcome } from './outcome.ts';

const required = (id: string, passes: Check['passes']): Check => ({ id, severity: 'required', passes });
const advisory = (id: string, passes: Check['passes']): Check => ({ id, severity: 'advisory', passes });
const withFallback = (check: Check): Check => ({ ...check, needsFallback: true });

export const isComplete = ({ outcome, text }: Called) =>
  outcome === 'success' && text.trim().replaceAll(/\s+/g, ' ') === canonicalAnswer;

const noHang = required('no_hang', ({ calls }) => calls.every(({ outcome }) => outcome !== 'hang'));
const noTruncatedSuccess = (id: string) =>
  required(id, ({ calls }) => calls.every((call) => call.outcome !== 'success' || isComplete(call)));
const attemptsAtMost = (id: string, most: number) => required(id, ({ primary }) => primary.length <= most);
const within = (seconds: number) => (outcome: Outcome) =>
  outcome.calls.every((call) => call.outcome !== 'hang') && outcome.seconds <= seconds;
const noHammer = (windowSeconds: number, most: number) =>
  required(
    'no_hammer',
    ({ primary }) => primary.filter(({ at }) => at - (primary[0]?.at ?? at) < windowSeconds * 1_000).length <= most,
  );
const aliveAfter = required('alive_after', ({ alive }) => alive);
const usagePresent = (id: string) => advisory(id, ({ calls }) => calls.every(({ usage }) => usage !== undefined));

/** A request that did not fit is not sent again unless it became shorter. */
const noBlindRetry = required('no_blind_retry', ({ primary }) =>
  primary.every(({ promptTokens }, index) => index === 0 || promptTokens < (primary[index - 1]?.promptTokens ?? 0)),
);

/** When the primary was well again, on the clock of the exchanges. */
const recovery = ({ primary, downMs }: Outcome) => (primary[0]?.at ?? 0) + downMs;
const askedWhileDown = (outcome: Outcome) => outcome.calls.filter(({ askedAt }) => askedAt < recovery(outcome));

type Details = Pick<Case, 'id' | 'title' | 'primary' | 'deadline' | 'checks'> & Partial<Case>;
const scenario = (details: Details): Case => ({ fallback: 'ok', ideal: 'answer', ...details });

export const cases: readonly Case[] = [
  scenario({
    id: 'S01',
    title: 'busy once, and says for how long',
    primary: 'rate-limited-once-seconds',
    deadline: 20,
    checks: [
      advisory('retried', ({ primary }) => primary.length >= 2),
      advisory('retry_after_honoured', ({ primary: [first, second] }) =>
        first === undefined || second === undefined ? false : second.at - first.at >= 1_800,
      ),
      noHammer(1.5, 2),
    ],
  }),
  scenario({
    id: 'S02',
    title: 'busy for ever',
    primary: 'rate-limited',
    deadline: 40,
    checks: [noHammer(3, 4), attemptsAtMost('bounded_attempts', 6), noHang],
  }),
  scenario({
    id: 'S03',
    title: 'fails once',
    primary: 'fails-once',
    deadline: 20,
    checks: [noHang, advisory('same_provider_retry', ({ primary }) => primary.length >= 2)],
  }),
  scenario({
    id: 'S04',
    title: 'unavailable for ever',
    primary: 'unavailable',
    deadline: 40,
    checks: [attemptsAtMost('bounded_attempts', 6), noHang],
  }),
  scenario({ id: 'S05', title: 'connection reset before the answer', primary: 'reset-once', deadline: 20, checks: [noHang] }),
  scenario({
    id: 'S06',
    title: 'never answers',
    primary: 'silent',
    deadline: 130,
    checks: [
      required('within_budget', within(100)),
      noHang,
      advisory('silent_route_not_retried', ({ primary }) => primary.length <= 1),
    ],
  }),
  scenario({
    id: 'S07',
    title: 'first token after long',
    primary: 'slow-first-token',
    deadline: 60,
    checks: [
      noHang,
      withFallback(advisory('ttft_limit', within(15))),
      // Ours, and true in every profile: it was not waited for.
      withFallback(advisory('left_before_first_token', ({ primary }) => primary.every(({ tokens }) => tokens === 0))),
    ],
  }),
  scenario({
    id: 'S08',
    title: 'stream cut in the middle',
    primary: 'cut',
    deadline: 40,
    checks: [noTruncatedSuccess('no_truncated_success'), noHang],
  }),
  scenario({
    id: 'S09',
    title: 'stream falls silent',
    primary: 'stalls',
    deadline: 70,
    checks: [required('bounded', within(45)), noTruncatedSuccess('no_truncated_success'), aliveAfter, noHang],
  }),
  scenario({
    id: 'S10',
    title: 'an event that is no JSON',
    primary: 'malformed-chunk',
    deadline: 30,
    checks: [
      aliveAfter,
      noTruncatedSuccess('no_garbage'),
      noHang,
      advisory('recovered_in_place', ({ calls }) => calls.every(isComplete)),
    ],
  }),
  scenario({
    id: 'S11',
    title: 'no [DONE] at the end',
    primary: 'no-done',
    deadline: 30,
    checks: [required('prompt_finalise', within(8)), usagePresent('usage_reported')],
  }),
  scenario({
    id: 'S12',
    title: 'longer than the context',
    primary: 'context-length',
    deadline: 20,
    checks: [noBlindRetry, attemptsAtMost('bounded_attempts', 2), noHang],
  }),
  scenario({
    id: 'S13',
    title: 'content filter',
    primary: 'content-filter',
    ideal: 'error',
    deadline: 20,
    checks: [
      required('no_same_model_retry', ({ primary }) => primary.length === 1),
      noHang,
      { id: 'fallback_attempted', severity: 'note', passes: ({ fallback }) => fallback.length > 0 },
    ],
  }),
  scenario({
    id: 'S14',
    title: 'cut, and the fallback rejects prefill',
    primary: 'cut',
    fallback: 'no-prefill',
    deadline: 40,
    checks: [
      required(
        'no_prefill_masking',
        ({ calls, fallback }) => !(calls.some(({ outcome }) => outcome === 'error') && fallback.some(({ prefilled }) => prefilled)),
      ),
      noTruncatedSuccess('no_truncated_success'),
    ],
  }),
  scenario({
    id: 'S15',
    title: 'down for a time, then well again',
    primary: 'flapping',
    sequence: true,
    deadline: 200,
    checks: [
      noHang,
      withFallback(
        required('served_during_outage', (outcome) => {
          const during = askedWhileDown(outcome);
          return during.length > 0 && during.every((call) => call.outcome === 'success');
        }),
      ),
      withFallback(
        required('recovered', (outcome) => outcome.primary.some(({ faulty, at }) => !faulty && at - recovery(outcome) <= 30_000)),
      ),
      {
        id: 'probe_discipline',
        severity: 'note',
        passes: (outcome) => outcome.primary.filter(({ faulty }) => faulty).length <= askedWhileDown(outcome).length,
      },
    ],
  }),
  scenario({
    id: 'S16',
    title: 'who answered, and what it cost',
    primary: 'unavailable',
    deadline: 40,
    checks: [
      withFallback(
        required('reports_fallback_model', ({ calls, fallback, fallbackModel }) =>
          fallback.length === 0 ? undefined : calls.every(({ model }) => model?.endsWith(fallbackModel) === true),
        ),
      ),
      withFallback(usagePresent('usage_present')),
      attemptsAtMost('bounded_attempts', 6),
    ],
  }),
];
