/** What users feel of the promises, and what they do not. */
import { counter, gauge, histogram, requests, restarting, type Scenario, turns, unborn } from './scenario.ts';

const day = 24 * 60;
const up = (minutes: number) => ({ 'up{job="timonel", instance="one:8000"}': gauge([minutes, 1]) });

/** A share of all requests fails, evenly, for as long as it takes. */
function leak(perMille: number, minutes: number): Scenario['series'] {
  return requests({ 200: counter([minutes, 1000 - perMille]), 503: counter([minutes, perMille]) });
}

export const promiseScenarios: Scenario[] = [
  {
    name: 'nobody is there all night',
    series: { ...up(800), ...requests({ 200: counter([60, 50], [740, 0]) }), ...turns({ replied: counter([60, 10], [740, 0]) }) },
    every: 5,
    fires: { 30: [], 120: [], 400: [], 790: [] },
  },
  {
    name: 'one of three requests fails at night',
    series: { ...requests({ 200: counter([20, 0], [2, 1], [80, 0]), 500: counter([21, 0], [1, 1], [80, 0]) }) },
    fires: { 23: [], 25: [], 26: [], 40: [], 80: [], 100: [] },
  },
  {
    name: 'four turns of a small hotel fail within a night',
    series: turns({ replied: counter([100, 0.05]), failed: counter([20, 0], [1, 4], [80, 0]) }),
    fires: { 23: [], 25: [], 26: [], 80: [], 100: [] },
  },
  {
    name: 'everything fails, and no request ever had before',
    series: requests({ 200: counter([120, 100], [60, 0]), 503: unborn(120, [60, 100]) }),
    fires: {
      119: [],
      // The short window knows at once, and two minutes are waited for.
      122: [],
      125: ['AvailabilityBurn 14.4'],
      128: ['AvailabilityBurn 14.4', 'AvailabilityBurn 6', 'HighErrorRate'],
      139: ['AvailabilityBurn 14.4', 'AvailabilityBurn 3', 'AvailabilityBurn 6', 'HighErrorRate'],
      160: ['AvailabilityBurn 1', 'AvailabilityBurn 14.4', 'AvailabilityBurn 3', 'AvailabilityBurn 6', 'HighErrorRate'],
    },
  },
  {
    name: 'a minute of failures in a busy day, long over',
    every: 2,
    series: requests({ 200: counter([600, 1000], [1, 0], [120, 1000]), 500: counter([600, 0], [1, 500], [120, 0]) }),
    fires: { 600: [], 604: [], 630: [], 720: [] },
  },
  {
    name: 'a failure that ended an hour ago pages nobody any more',
    series: requests({ 200: counter([120, 100], [10, 0], [170, 100]), 500: counter([120, 0], [10, 100], [170, 0]) }),
    fires: {
      128: ['AvailabilityBurn 14.4', 'AvailabilityBurn 6', 'HighErrorRate'],
      200: ['AvailabilityBurn 1', 'AvailabilityBurn 3'],
    },
  },
  {
    name: 'one request in 1,250 fails for days: within the budget',
    every: 10,
    series: leak(0.8, day),
    fires: { 600: [], [day]: [] },
  },
  {
    name: 'one request in 500 fails for days',
    every: 10,
    series: leak(2, 2 * day),
    fires: { [day]: ['AvailabilityBurn 1'], [2 * day]: ['AvailabilityBurn 1'] },
  },
  {
    name: 'one request in 200 fails for days',
    every: 10,
    series: leak(5, 2 * day),
    fires: { 60: ['AvailabilityBurn 1', 'AvailabilityBurn 3'], [day]: ['AvailabilityBurn 1', 'AvailabilityBurn 3'] },
  },
  {
    name: 'one request in 100 fails for days',
    every: 10,
    series: leak(10, 2 * day),
    fires: { [day]: ['AvailabilityBurn 1', 'AvailabilityBurn 3', 'AvailabilityBurn 6'] },
  },
  {
    name: 'one request in 50 fails for hours',
    every: 5,
    series: leak(20, 600),
    fires: { 500: ['AvailabilityBurn 1', 'AvailabilityBurn 14.4', 'AvailabilityBurn 3', 'AvailabilityBurn 6'] },
  },
  {
    name: 'callers send what is not valid',
    every: 5,
    series: requests({ 200: counter([300, 50]), 400: counter([300, 50]), 429: counter([300, 20]), 404: counter([300, 20]) }),
    fires: { 10: [], 100: [], 290: [] },
    reads: { 100: { 'slo:timonel_error_ratio:increase5m{sli="availability"}': 0 } },
  },
  {
    name: 'most callers go away before they have an answer',
    every: 5,
    series: requests({ 200: counter([300, 10]), 499: counter([300, 1000]) }),
    fires: { 10: [], 100: [], 290: [] },
    reads: {
      100: {
        'slo:timonel_error_ratio:increase5m{sli="availability"}': 0,
        'slo:timonel_events:increase5m{sli="availability"}': 50,
      },
    },
  },
  {
    name: 'one of ten who wait gets a failure, and most do not wait',
    every: 5,
    series: requests({ 200: counter([120, 9]), 499: counter([120, 10_000]), 503: counter([120, 1]) }),
    fires: {
      110: ['AvailabilityBurn 1', 'AvailabilityBurn 14.4', 'AvailabilityBurn 3', 'AvailabilityBurn 6', 'HighErrorRate'],
    },
  },
  {
    name: 'probes of the health fail while a process drains, and pages that nobody promised',
    every: 5,
    series: {
      ...requests({ 200: counter([300, 50]) }),
      ...requests({ 503: counter([300, 10]) }, '/health/ready'),
      ...requests({ 500: counter([300, 10]) }, '/metrics/prometheus'),
      ...requests({ 500: counter([300, 10]) }, 'unknown'),
    },
    fires: { 10: [], 100: [], 290: [] },
  },
  {
    name: 'a process starts again every half an hour, and counts from zero each time',
    outside: true,
    series: {
      ...up(301),
      'up{job="timonel", instance="two:8000"}': restarting(gauge([301, 1]), 28, 2).map((value) => (value === 'gone' ? 0 : 1)),
      ...requests({ 200: restarting(counter([300, 100]), 28, 2), 500: restarting(counter([300, 0]), 28, 2) }),
    },
    fires: { 29: [], 59: [], 100: [], 290: [] },
  },
  {
    name: 'failures are counted across restarts',
    outside: true,
    series: { ...requests({ 200: restarting(counter([300, 98]), 28, 2), 500: restarting(counter([300, 2]), 28, 2) }) },
    fires: { 280: ['AvailabilityBurn 1', 'AvailabilityBurn 14.4', 'AvailabilityBurn 3', 'AvailabilityBurn 6'] },
  },
  {
    name: 'one turn in five fails',
    every: 5,
    series: turns({ replied: counter([60, 10], [120, 8]), failed: counter([60, 0], [120, 2]) }),
    fires: {
      60: [],
      170: ['RunErrorsBurn 1', 'RunErrorsBurn 14.4', 'RunErrorsBurn 3', 'RunErrorsBurn 6'],
    },
  },
  {
    name: 'one turn in twelve fails',
    every: 5,
    series: turns({ replied: counter([200, 11]), failed: counter([200, 1]) }),
    fires: { 190: ['RunErrorsBurn 1', 'RunErrorsBurn 3', 'RunErrorsBurn 6'] },
  },
  {
    name: 'turns are denied, escalated or wait: none of them failed',
    every: 5,
    series: turns({
      replied: counter([200, 5]),
      denied: counter([200, 5]),
      escalated: counter([200, 5]),
      awaiting_input: counter([200, 5]),
    }),
    fires: { 100: [], 190: [] },
  },
  {
    name: 'four turns in five show nothing for more than 3 s',
    every: 5,
    series: histogram('timonel_run_first_event_seconds', 'agent="booking", arm="stable"', [
      counter([200, 2]),
      counter([200, 2]),
      counter([200, 10]),
      counter([200, 10]),
    ]),
    fires: { 190: ['SlowTurns', 'TurnLatencyBurn 1', 'TurnLatencyBurn 14.4', 'TurnLatencyBurn 3', 'TurnLatencyBurn 6'] },
  },
  {
    name: 'one turn in four takes two seconds',
    every: 5,
    series: histogram('timonel_run_first_event_seconds', 'agent="booking", arm="stable"', [
      counter([200, 15]),
      counter([200, 20]),
      counter([200, 20]),
      counter([200, 20]),
    ]),
    fires: { 190: ['TurnLatencyBurn 1', 'TurnLatencyBurn 3'] },
  },
  {
    name: 'one turn in thirty is slow: within the budget',
    every: 5,
    series: histogram('timonel_run_first_event_seconds', 'agent="booking", arm="stable"', [
      counter([200, 29]),
      counter([200, 29]),
      counter([200, 30]),
      counter([200, 30]),
    ]),
    fires: { 190: [] },
  },
  {
    name: 'answers of the API itself are slow',
    every: 5,
    series: histogram('timonel_http_request_duration_seconds', 'method="GET", route="/api/v1/agents", status="200"', [
      counter([200, 2]),
      counter([200, 10]),
      counter([200, 10]),
      counter([200, 10]),
    ]),
    fires: { 190: ['RequestLatencyBurn 1', 'RequestLatencyBurn 14.4', 'RequestLatencyBurn 3', 'RequestLatencyBurn 6'] },
  },
  {
    name: 'calls to models and event streams take as long as they take',
    every: 5,
    series: {
      ...histogram('timonel_http_request_duration_seconds', 'method="POST", route="/v1/chat/completions", status="200"', [
        counter([200, 2]),
        counter([200, 3]),
        counter([200, 4]),
        counter([200, 10]),
      ]),
      ...histogram('timonel_http_request_duration_seconds', 'method="GET", route="/api/v1/runs/:id/events", status="200"', [
        counter([200, 0]),
        counter([200, 0]),
        counter([200, 1]),
        counter([200, 10]),
      ]),
    },
    fires: { 190: [] },
  },
];
