/** Rules with a mistake in them: each has to be found by the scenarios, or nobody would notice it in a night. */
import { describe, expect, it } from 'vitest';
import { type RuleFile, ruleFiles } from '../../src/telemetry/slo/prometheus-rules.ts';
import { needs } from '../needs.ts';
import { channelMutations } from './channel-mutations.ts';
import { edited, hasty, type Mutation, mutated, patient, unguarded } from './mutate.ts';
import { plainScenarios } from './plain-scenarios.ts';
import { promiseScenarios } from './promise-scenarios.ts';
import { testRules } from './promtool.ts';
import type { Scenario } from './scenario.ts';

const scenario = (name: string): Scenario => {
  const found = [...promiseScenarios, ...plainScenarios].find((each) => each.name === name);
  if (found === undefined) throw new Error(`There is no scenario "${name}".`);
  return found;
};

const mutations: Mutation[] = [
  ...channelMutations,
  [
    '14.4 times has become 144 times',
    'everything fails, and no request ever had before',
    () => mutated('AvailabilityBurn 14.4', edited('> 0.0144', '> 1.44')),
  ],
  [
    '14.4 times has become 1.44 times',
    'one request in 100 fails for days',
    () => mutated('AvailabilityBurn 14.4', edited('> 0.0144', '> 0.00144')),
  ],
  [
    'six times has become 60 times',
    'one request in 100 fails for days',
    () => mutated('AvailabilityBurn 6', edited('> 0.006', '> 0.06')),
  ],
  [
    'six times has become once',
    'one request in 200 fails for days',
    () => mutated('AvailabilityBurn 6', edited('> 0.006', '> 0.001')),
  ],
  [
    'three times has become once',
    'one request in 500 fails for days',
    () => mutated('AvailabilityBurn 3', edited('> 0.003', '> 0.001')),
  ],
  [
    'once has become half',
    'one request in 1,250 fails for days: within the budget',
    () => mutated('AvailabilityBurn 1', edited('> 0.001', '> 0.0005')),
  ],
  ['no number of failures is needed', 'one of three requests fails at night', () => mutated('AvailabilityBurn 14.4', unguarded)],
  [
    'no number of failed turns is needed',
    'four turns of a small hotel fail within a night',
    () => mutated('RunErrorsBurn 14.4', unguarded),
  ],
  ['the page does not wait', 'everything fails, and no request ever had before', () => mutated('AvailabilityBurn 14.4', hasty)],
  ['the page waits for hours', 'everything fails, and no request ever had before', () => mutated('AvailabilityBurn 14.4', patient)],
  [
    'the short window has become the long one',
    'a failure that ended an hour ago pages nobody any more',
    () => mutated('AvailabilityBurn 6', edited('increase30m', 'increase6h')),
  ],
  [
    'the long window has become the short one',
    'a minute of failures in a busy day, long over',
    () => mutated('AvailabilityBurn 14.4', edited('increase1h', 'increase5m')),
  ],
  [
    'a record looks back for too long',
    'a failure that ended an hour ago pages nobody any more',
    () => mutated(/^slo:timonel_(bad_)?events:increase(5m|30m) availability/, edited(/\[\w+\]/, '[1d]')),
  ],
  [
    'failures of callers count',
    'callers send what is not valid',
    () => mutated(/^slo:timonel_bad_events:increase\w+ availability/, edited('5..', '4..')),
  ],
  [
    'callers who went away count as served',
    'one of ten who wait gets a failure, and most do not wait',
    () => mutated(/^slo:timonel_events:increase\w+ availability/, edited(', status!="499"', '')),
  ],
  [
    'failures of the server do not count',
    'everything fails, and no request ever had before',
    () => mutated(/^slo:timonel_bad_events:increase\w+ availability/, edited('5..', '4..')),
  ],
  [
    'without a failure there is no figure',
    'callers send what is not valid',
    () => mutated(/^slo:timonel_error_ratio:increase\w+ availability/, edited(/ or 0 \* [^)]+\)/, ')')),
  ],
  [
    'probes count as requests',
    'probes of the health fail while a process drains, and pages that nobody promised',
    () => mutated(/^slo:timonel_(bad_)?events:increase\w+ availability/, edited('/health.*|', '')),
  ],
  [
    'a counter is taken as it is, restarts and all',
    'failures are counted across restarts',
    () =>
      mutated(
        /^slo:timonel_bad_events:increase\w+ availability/,
        edited(/sum \(increase\((.+)\[(\w+)\]\)\)/, 'clamp_min(sum ($1) - sum ($1 offset $2), 0)'),
      ),
  ],
  [
    'every turn that is not answered failed',
    'turns are denied, escalated or wait: none of them failed',
    () => mutated(/^slo:timonel_bad_events:increase\w+ run-errors/, edited('outcome="failed"', 'outcome!="replied"')),
  ],
  [
    'a second has become five',
    'one turn in four takes two seconds',
    () => mutated(/^slo:timonel_bad_events:increase\w+ turn-latency/, edited('1|1\\\\.0', '5')),
  ],
  [
    'calls to models have to be quick',
    'calls to models and event streams take as long as they take',
    () => mutated(/^slo:timonel_(bad_)?events:increase\w+ request-latency/, edited('route!~"/v1/.*|', 'route!~"')),
  ],
  [
    'requests at all have to be as quick as ten in a hundred',
    'one turn in thirty is slow: within the budget',
    () => mutated('TurnLatencyBurn 1', edited('> 0.05', '> 0.005')),
  ],
  [
    'five per cent have become fifty',
    'six per cent of the requests fail for a quarter of an hour, then four',
    () => mutated('HighErrorRate', edited('> 0.05', '> 0.5')),
  ],
  [
    'five per cent have become half a per cent',
    'six per cent of the requests fail for a quarter of an hour, then four',
    () => mutated('HighErrorRate', edited('> 0.05', '> 0.005')),
  ],
  ['a single slow turn is enough', 'a few turns, all of them slow', () => mutated('SlowTurns', unguarded)],
  ['a single slow request is enough', 'a request a minute, every one of them slow', () => mutated('SlowRequests', unguarded)],
  [
    'three seconds of a request have become six',
    'four requests in five take more than 3 s',
    () => mutated('SlowRequests', edited('> 3', '> 6')),
  ],
  [
    'three seconds have become six',
    'four turns in five show nothing for more than 3 s',
    () => mutated('SlowTurns', edited('> 3', '> 6')),
  ],
  ['four degraded turns are enough', 'four turns are degraded at night', () => mutated('DegradedTurns', unguarded)],
  [
    'one degraded turn in a hundred is enough',
    'one turn in a hundred is degraded',
    () => mutated('DegradedTurns', edited('> 0.05', '> 0.005')),
  ],
  [
    'a breaker must be open, half open is well',
    'a breaker opens, tries, and opens again',
    () => mutated('BreakerOpen', edited('> 0) and', '== 2) and')),
  ],
  ['a breaker is heard of at once', 'a breaker opened for a minute', () => mutated('BreakerOpen', hasty)],
  [
    'the breaker of a model that nobody asks pages for ever',
    'a breaker opened, and nobody asks for that model any more',
    () => mutated('BreakerOpen', unguarded),
  ],
  [
    'failures of any model page for any breaker',
    'a breaker opened, and nobody asks for that model any more',
    () => mutated('BreakerOpen', edited('and (sum by (target)', 'and on () (sum')),
  ],
  [
    'what a counter begins with is not seen',
    'one caller reaches a limit once',
    () => mutated('RateLimitHits', edited(/\(\(.+ or (increase\(.+\))\) >/, '($1) >')),
  ],
  ['a wait of a moment is enough', 'statements wait for a connection', () => mutated('PoolWaiting', hasty)],
  [
    'one statement that is given up is enough',
    'one statement in five minutes is given up',
    () => mutated('PoolExhausted', edited('>= 5', '> 0')),
  ],
  ['given up statements are never enough', 'statements are given up', () => mutated('PoolExhausted', edited('>= 5', '>= 500'))],
  [
    'one process without the database pages',
    'one of two processes lost the database and Redis',
    () => mutated('StoreDown', edited('max (', 'min (')),
  ],
  ['the database is never away', 'the database is away for good, then back', () => mutated('StoreDown', edited('== 0', '== 2'))],
  ['a hiccup of the database pages', 'the database is away for good, then back', () => mutated('StoreDown', hasty)],
  [
    'one process without Redis is enough',
    'one of two processes lost the database and Redis',
    () => mutated('RedisDown', edited('max (', 'min (')),
  ],
  ['a hiccup of Redis is enough', 'Redis is away', () => mutated('RedisDown', hasty)],
  ['ninety per cent have become nine', 'Redis fills up to its limit', () => mutated('RedisMemory', edited('> 0.9', '> 0.09'))],
  ['Redis without a limit is full', 'Redis has no limit', () => mutated('RedisMemory', edited(' > 0) > 0.9', ' >= 0) > 0.9'))],
  [
    'a disk is full at eight per cent',
    'the disk is well filled, and stays so',
    () => mutated('DiskFilling', edited('> 0.85', '> 0.085')),
  ],
  ['a disk is never full', 'the disk fills up', () => mutated('DiskFilling', edited('> 0.85', '> 8.5'))],
  [
    'a backup is stale after an hour',
    'the backup of the night is late by an hour',
    () => mutated('BackupStale', edited('> 93600', '> 3600')),
  ],
  ['a backup is never stale', 'backups stay away for a day and more', () => mutated('BackupStale', edited('> 93600', '> 9360000'))],
  [
    'a queue that becomes shorter grows',
    'many jobs wait, and become fewer',
    () => mutated('QueueGrowing', edited(/ and \(\(.*$/, '')),
  ],
  ['a short queue is long', 'a few jobs more wait', () => mutated('QueueGrowing', edited('> 100', '> 10'))],
  [
    'jobs under way wait',
    'jobs come faster than they are done',
    () => mutated('QueueGrowing', edited('state="waiting"', 'state="active"')),
  ],
  [
    'the first rollback is not seen',
    'a canary is rolled back',
    () => mutated('CanaryRolledBack', edited(/\(\(.+ or (increase\(.+\))\) >/, '($1) >')),
  ],
  [
    'any step of a release is a rollback',
    'a canary is rolled back',
    () => mutated('CanaryRolledBack', edited('decision="rolled-back"', 'decision!=""')),
  ],
  [
    'a release that is held is not seen',
    'a release is held',
    () => mutated('ReleaseHeld', edited('decision="held"', 'decision="helt"')),
  ],
  [
    'customers who wait are not seen',
    'a customer waits for a person for too long',
    () => mutated('HandoffOverdue', edited('state="overdue"', 'state="late"')),
  ],
  [
    'everybody who waits is overdue',
    'customers who wait are taken in time, some of them late',
    () => mutated('HandoffOverdue', edited('state="overdue"', 'state="waiting"')),
  ],
  [
    'who is taken a little late is reported',
    'customers who wait are taken in time, some of them late',
    () => mutated('HandoffOverdue', hasty),
  ],
  ['a customer waits for hours first', 'a customer waits for a person for too long', () => mutated('HandoffOverdue', patient)],
  [
    'a process that is away pages',
    'one of two processes is away for a while',
    () => mutated('TimonelDown', edited('max(', 'min(')),
  ],
  ['a process that starts again is away', 'one of two processes is away for a while', () => mutated('ProcessDown', hasty)],
  ['processes that are all away are at home', 'all processes are away', () => mutated('TimonelDown', edited('== 0', '== 2'))],
  [
    'nothing to watch is nothing to fear',
    'the process is not scraped any more',
    () => mutated('TimonelAbsent', edited(/absent\((.+)\)/, '$1 == 2')),
  ],
  [
    'every start is one too many',
    'a process starts again every half an hour, and counts from zero each time',
    () => mutated('ProcessDown', hasty),
  ],
  [
    'three starts are not enough, nor are ten',
    'a process starts again and again',
    () => mutated('ProcessRestarting', edited('> 3', '> 10')),
  ],
];

/** Promises that a scenario is about; rules about others cost time and say nothing here. */
const slis: Readonly<Record<string, string>> = {
  AvailabilityBurn: 'availability',
  RunErrorsBurn: 'run-errors',
  TurnLatencyBurn: 'turn-latency',
  RequestLatencyBurn: 'request-latency',
};

function about(
  files: Record<string, RuleFile>,
  { fires, reads }: Scenario,
  changed: ReadonlySet<string>,
): Record<string, RuleFile> {
  const text = JSON.stringify([fires, reads]);
  const kept = new Set([...changed, ...Object.entries(slis).flatMap(([name, sli]) => (text.includes(name) ? [sli] : []))]);
  const copy = structuredClone(files);
  for (const { groups } of Object.values(copy))
    for (const group of groups) group.rules = group.rules.filter(({ labels: { sli } }) => sli === undefined || kept.has(sli));
  return copy;
}

/** The promises whose rules are not what they should be. */
function changedIn(files: Record<string, RuleFile>): Set<string> {
  const rulesOf = (each: Record<string, RuleFile>) =>
    Object.values(each).flatMap(({ groups }) => groups.flatMap(({ rules }) => rules));
  const right = rulesOf(ruleFiles());
  const changed = rulesOf(files).filter((rule, index) => JSON.stringify(rule) !== JSON.stringify(right[index]));
  return new Set(changed.flatMap(({ labels: { sli } }) => (sli === undefined ? [] : [sli])));
}

describe.runIf(needs('Prometheus'))('a rule in which', () => {
  it.each(mutations)(
    '%s is found by "%s"',
    (_title, finds, files) => {
      const wrong = files();
      const changed = changedIn(wrong);
      const day = scenario(finds);
      const { passed, output } = testRules(about(wrong, day, changed), [day]);
      expect([passed, output]).toEqual([false, expect.stringContaining('FAILED')]);
      // Found by what it says, not by a rule that cannot be read, nor by one that is not there: the right ones pass.
      expect(output).toMatch(/expr: "(count by|sum\()/);
      expect(testRules(about(ruleFiles(), day, changed), [day])).toMatchObject({ passed: true });
    },
    180_000,
  );
});
