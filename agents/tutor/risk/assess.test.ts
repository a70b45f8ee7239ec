import { expect, it } from 'vitest';
import { scripted } from '../traces/event-script.ts';
import { assessRisks } from './assess.ts';
import { histories, labelled } from './histories.ts';
import { riskRows } from './rows.ts';

const minute = (at: number) => new Date(Date.UTC(2026, 10, 20, 12) + at * 60_000);
const lines = (count: number, make: (at: number) => string) => Array.from({ length: count }, (_, at) => make(at)).join('\n');

/** Of each row: a script that raises it, one that does not, and one without data; and the minute of looking. */
const cases: Readonly<Record<string, { yes: string; no: string; nothing: string; now?: number }>> = {
  delegation: {
    yes: '1 says dame la solución\n2 says hacelo por mí\n3 says give me the code',
    no: '1 says dame la solución\n2 says ¿qué es un set?',
    nothing: '0 open',
  },
  'help-dependency': {
    yes: '1 hint low concept\n2 run 1/4 fails b\n3 hint low concept\n4 run 2/4 fails b\n5 hint low concept\n6 run 4/4',
    no: '1 run 1/4 fails b\n2 run 2/4 fails b\n3 run 4/4',
    nothing: '1 run 1/4 fails b',
  },
  'lack-of-justification': {
    yes: '1 declares a\n2 declares b\n3 declares c',
    no: '1 declares a because x\n2 declares b because y\n3 declares c',
    nothing: '1 declares a',
  },
  'hint-dependency': {
    yes: lines(5, (at) => `${at} hint low concept`),
    no: `1 hint low concept\n${lines(6, (at) => `${at + 2} run 1/3 fails b${at}`)}`,
    nothing: '0 open',
  },
  stuck: {
    yes: lines(3, (at) => `${at} run 1/3 fails b c`),
    no: '0 run 1/3 fails b c\n1 run 2/3 fails c\n2 run 1/3 fails b c',
    nothing: '1 run 1/3 fails b c',
  },
  frustration: {
    yes: lines(5, (at) => `${at * 0.4} run 0/3 fails a`),
    no: lines(5, (at) => `${at * 2} run 0/3 fails a`),
    nothing: '0 open',
  },
  'copy-paste': {
    yes: '1 edit 400 characters in 500 ms',
    no: '1 edit 400 characters in 60000 ms\n2 edit 90 characters in 10 ms',
    nothing: '1 run 1/1',
  },
  'code-after-reply': {
    yes: '1 reply low concept\n1.05 edit 150 characters in 60000 ms',
    no: '1 reply low concept\n2 edit 150 characters in 60000 ms',
    nothing: '1 reply low concept',
  },
  'uncritical-acceptance': {
    yes: lines(4, (at) => `${at} reply low concept`),
    no: lines(6, (at) => (at % 2 === 0 ? `${at} reply low concept` : `${at} run 1/2 fails b`)),
    nothing: '0 open',
  },
  'repeated-question': {
    yes: lines(4, (at) => `${at} says no entiendo este error`),
    no: '1 says no entiendo este error\n2 says qué es una lista enlazada',
    nothing: '1 says hola',
  },
  'risky-construct': { yes: '1 submit 1/1', no: '1 submit 1/1', nothing: '0 open' },
  'rapid-submission': {
    yes: '1 run 0/2 fails a\n1.02 submit 0/2',
    no: '1 run 0/2 fails a\n2 submit 0/2\n3 run 2/2\n3.01 submit 2/2',
    nothing: '1 run 0/2 fails a',
  },
  'long-session': { yes: lines(26, (at) => `${at * 10} run 0/1 fails a`), no: '0 open\n300 run 1/1', nothing: '0 open' },
  'even-pace': {
    yes: lines(12, (at) => `${at * 0.05} run 0/1 fails a`),
    no: lines(12, (at) => `${at * (1 + (at % 3))} run 0/1 fails a`),
    nothing: '0 open',
  },
  'refused-requests': { yes: lines(3, (at) => `${at} refused helpLevel none`), no: '1 refused helpLevel none', nothing: '0 open' },
  idle: { yes: '0 open\n1 run 0/1 fails a', no: '0 open\n9 submit 1/1', nothing: '', now: 15 },
};

it('raises each signal where it should, not where it should not, and says where there is no data', () => {
  expect(Object.keys(cases)).toEqual(riskRows.map(({ id }) => id));
  for (const [id, { yes, no, nothing, now = 5 }] of Object.entries(cases)) {
    const findingOf = (script: string, code?: string) => {
      const events = scripted(script).map((event) => (code !== undefined && 'code' in event ? { ...event, code } : event));
      return assessRisks(events, minute(now)).signals.find(({ row }) => row === id)?.finding;
    };
    const raised = findingOf(yes, id === 'risky-construct' ? 'eval(input())' : undefined);
    expect(raised, id).toMatchObject({ kind: 'signal' });
    if (raised?.kind === 'signal') expect(raised.eventIds.length, id).toBeGreaterThan(0);
    expect(findingOf(no)?.kind, id).toBe('clear');
    expect(findingOf(nothing)?.kind, id).toBe('inconclusive');
  }
});

it('finds what teachers labelled in forty histories', () => {
  expect(histories.length).toBe(40);
  let right = 0;
  const missed: string[] = [];
  const invented: string[] = [];
  for (const { name, labels, script, now } of histories) {
    const raised = assessRisks(scripted(script), minute(now))
      .signals.filter(({ finding }) => finding.kind === 'signal')
      .map(({ row }) => row);
    for (const label of labelled) {
      const [wanted, got] = [labels.includes(label), raised.includes(label)];
      if (wanted && got) right++;
      else if (wanted) missed.push(`${name}: ${label}`);
      else if (got) invented.push(`${name}: ${label}`);
    }
  }
  expect(right / (right + invented.length), invented.join('\n')).toBeGreaterThanOrEqual(0.95);
  expect(right / (right + missed.length), missed.join('\n')).toBeGreaterThanOrEqual(0.95);
});

it('takes thresholds of the activity, shows them in the formula, and refuses those that do not exist', () => {
  const events = scripted('1 says dame la solución');
  const { signals, overall, byDimension } = assessRisks(events, minute(5), { delegation: { requests: 1 } });
  expect(signals.find(({ row }) => row === 'delegation')).toMatchObject({
    formula: 'messages that ask for the solution ≥ 1',
    finding: { kind: 'signal', eventIds: ['ana-0'] },
  });
  expect([overall, byDimension.cognitive, byDimension.ethical]).toEqual(['medium', 'medium', 'inconclusive']);
  expect(assessRisks([], minute(5)).overall).toBe('inconclusive');
  expect(() => assessRisks([], minute(5), { cheating: {} })).toThrow('There is no signal "cheating"; there are delegation');
  expect(() => assessRisks([], minute(5), { delegation: { count: 1 } })).toThrow('it has requests');
  expect(() => assessRisks([], minute(5), { delegation: { requests: 0 } })).toThrow('a number above 0');
});

it('speaks of signals and accuses nobody', () => {
  const { about, signals } = assessRisks([], minute(0));
  const said = [about, ...signals.flatMap(({ title, recommendation }) => [title, recommendation])];
  for (const { es, en } of said) {
    expect(`${es} ${en}`).not.toMatch(/tramp|fraud|plagi|cheat|copió|dishonest|deshonest|culpa|guilt|violaci|violat/i);
    expect([es, en].every((text) => text.length > 0)).toBe(true);
  }
  expect(about.es).toContain('no sirven como prueba');
  expect(about.en).toContain('prove nothing');
});
