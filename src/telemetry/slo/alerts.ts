/** Every alert, as data. `docs/runbook.md` has a section for each name; a test compares. */
import {
  type AlertCondition,
  all,
  compare,
  durationText,
  gauge,
  hour,
  increase,
  type Matcher,
  minus,
  minute,
  quantile,
  rareIncrease,
  ratio,
  type Seconds,
} from './expression.ts';
import {
  availability,
  type BurnRate,
  badEventsOf,
  burning,
  burnRates,
  errorRatioOf,
  type Indicator,
  indicators,
  requestLatency,
  runErrors,
  turnLatency,
} from './objectives.ts';

/** `critical` wakes somebody, `warning` is for the next working day, `info` is there to be read. */
export type Severity = 'critical' | 'warning' | 'info';

export interface Alert {
  /** Also the heading of its section in the runbook. */
  readonly name: string;
  readonly severity: Severity;
  readonly labels?: Readonly<Record<string, string>>;
  /** A text is PromQL, for what a process cannot see of itself: that it is gone. */
  readonly when: AlertCondition | string;
  /** How long it has to hold, in seconds. */
  readonly for: Seconds;
  /** `{{ $labels.x }}` stands for a label. */
  readonly summary: string;
  /** What the value is. */
  readonly unit: 'share' | 'seconds' | 'count';
}

const titles: Readonly<Record<Indicator['name'], string>> = {
  availability: 'Availability',
  'run-errors': 'RunErrors',
  'turn-latency': 'TurnLatency',
  'request-latency': 'RequestLatency',
};

function burnAlert(indicator: Indicator, rate: BurnRate): Alert {
  return {
    name: `${titles[indicator.name]}Burn`,
    severity: rate.severity,
    labels: { slo: indicator.slo, sli: indicator.name, burn: String(rate.factor), window: durationText(rate.long) },
    when: burning(indicator, rate),
    for: rate.for,
    summary: `The error budget of "${indicator.name}" is used up ${rate.factor} times as fast as it may be, over ${durationText(rate.long)}`,
    unit: 'share',
  };
}

const degraded = { metric: runErrors.events.metric, where: [['degraded', '=', 'true']] as Matcher[] };

const plainAlerts: readonly Alert[] = [
  {
    name: 'HighErrorRate',
    severity: 'warning',
    when: all(compare(errorRatioOf(availability, 5 * minute), '>', 0.05), compare(badEventsOf(availability, 5 * minute), '>=', 5)),
    for: 5 * minute,
    summary: 'More than 5 % of the requests to the API are answered with 5xx',
    unit: 'share',
  },
  {
    name: 'SlowTurns',
    severity: 'warning',
    when: all(
      compare(quantile(0.95, { metric: turnLatency.events.metric }, 10 * minute), '>', 3),
      compare(increase({ metric: `${turnLatency.events.metric}_count` }, 10 * minute), '>=', 20),
    ),
    for: 10 * minute,
    summary: 'One turn in twenty shows nothing for more than 3 s',
    unit: 'seconds',
  },
  {
    name: 'SlowRequests',
    severity: 'warning',
    when: all(
      compare(quantile(0.95, { metric: requestLatency.events.metric, where: requestLatency.events.where }, 10 * minute), '>', 3),
      compare(
        increase({ metric: `${requestLatency.events.metric}_count`, where: requestLatency.events.where }, 10 * minute),
        '>=',
        20,
      ),
    ),
    for: 10 * minute,
    summary: 'One request in twenty that waits for no model takes more than 3 s',
    unit: 'seconds',
  },
  {
    name: 'DegradedTurns',
    severity: 'warning',
    when: all(
      compare(ratio(increase(degraded, 15 * minute), increase({ metric: runErrors.events.metric }, 15 * minute)), '>', 0.05),
      compare(increase(degraded, 15 * minute), '>=', 5),
    ),
    for: 5 * minute,
    summary: 'More than 5 % of the turns are answered without a model',
    unit: 'share',
  },
  {
    name: 'BreakerOpen',
    severity: 'critical',
    // Half open is not closed: a breaker that tries and fails again and again is what this is about. Without a failed attempt nobody asks
    // that model any more, and its breaker stays as it was for good.
    when: all(
      compare(gauge({ metric: 'timonel_breaker_state' }, 'max', ['target']), '>', 0),
      compare(
        increase({ metric: 'timonel_model_attempts_total', where: [['outcome', '!=', 'ok']] }, 10 * minute, ['target']),
        '>',
        0,
      ),
    ),
    for: 2 * minute,
    summary: 'The circuit breaker of {{ $labels.target }} does not close',
    unit: 'count',
  },
  {
    name: 'RateLimitHits',
    severity: 'info',
    when: compare(rareIncrease({ metric: 'timonel_rate_limit_hits_total' }, 15 * minute, ['scope']), '>', 0),
    for: 0,
    summary: 'Callers reach the rate limit of their {{ $labels.scope }}',
    unit: 'count',
  },
  {
    name: 'PoolWaiting',
    severity: 'warning',
    when: compare(gauge({ metric: 'timonel_database_pool_waiting' }, 'max'), '>', 0),
    for: 5 * minute,
    summary: 'Statements wait for a connection to the database',
    unit: 'count',
  },
  {
    name: 'PoolExhausted',
    severity: 'critical',
    when: compare(increase({ metric: 'timonel_database_pool_acquire_timeouts_total' }, 5 * minute), '>=', 5),
    for: minute,
    summary: 'Statements waited for a connection until they were given up',
    unit: 'count',
  },
  {
    name: 'StoreDown',
    severity: 'critical',
    // `max` over those that see it is 1 where one process alone lost its way; the others serve.
    when: compare(gauge({ metric: 'timonel_store_up' }, 'max'), '==', 0),
    for: minute,
    summary: 'No process reaches the database',
    unit: 'count',
  },
  {
    name: 'RedisDown',
    severity: 'warning',
    when: compare(gauge({ metric: 'timonel_redis_up' }, 'max'), '==', 0),
    for: 2 * minute,
    summary: 'No process reaches Redis',
    unit: 'count',
  },
  {
    name: 'RedisMemory',
    severity: 'warning',
    when: compare(
      ratio(
        gauge({ metric: 'timonel_redis_memory_used_bytes' }, 'max'),
        gauge({ metric: 'timonel_redis_memory_max_bytes' }, 'max'),
      ),
      '>',
      0.9,
    ),
    for: 5 * minute,
    summary: 'Redis uses more than 90 % of the memory that it may use',
    unit: 'share',
  },
  {
    name: 'DiskFilling',
    severity: 'warning',
    when: compare(gauge({ metric: 'timonel_disk_used_ratio' }, 'max', ['mount']), '>', 0.85),
    for: 10 * minute,
    summary: 'The disk of {{ $labels.mount }} is more than 85 % full',
    unit: 'share',
  },
  {
    name: 'BackupStale',
    severity: 'warning',
    when: compare(gauge({ metric: 'timonel_backup_verified_age_seconds' }, 'max'), '>', 26 * hour),
    for: 10 * minute,
    summary: 'No backup of the last 26 hours is proven to be good',
    unit: 'seconds',
  },
  {
    name: 'QueueGrowing',
    severity: 'warning',
    when: all(
      compare(gauge({ metric: 'timonel_queue_jobs', where: [['state', '=', 'waiting']] }, 'max', ['queue']), '>', 100),
      compare(
        minus(
          gauge({ metric: 'timonel_queue_jobs', where: [['state', '=', 'waiting']] }, 'max', ['queue']),
          gauge({ metric: 'timonel_queue_jobs', where: [['state', '=', 'waiting']] }, 'max', ['queue'], 15 * minute),
        ),
        '>',
        0,
      ),
    ),
    for: 10 * minute,
    summary: 'More than 100 jobs wait in {{ $labels.queue }}, and they become more',
    unit: 'count',
  },
  {
    name: 'CanaryRolledBack',
    severity: 'info',
    when: compare(
      rareIncrease({ metric: 'timonel_release_decisions_total', where: [['decision', '=', 'rolled-back']] }, hour, ['agent']),
      '>',
      0,
    ),
    for: 0,
    summary: 'A new version of {{ $labels.agent }} was rolled back',
    unit: 'count',
  },
  {
    name: 'ReleaseHeld',
    severity: 'warning',
    when: compare(
      rareIncrease({ metric: 'timonel_release_decisions_total', where: [['decision', '=', 'held']] }, hour, ['agent']),
      '>',
      0,
    ),
    for: 0,
    summary: 'The release of {{ $labels.agent }} waits for a person',
    unit: 'count',
  },
  {
    name: 'HandoffOverdue',
    severity: 'warning',
    when: compare(gauge({ metric: 'timonel_handoff_conversations', where: [['state', '=', 'overdue']] }, 'max'), '>', 0),
    for: 5 * minute,
    summary: 'Customers wait for a person for longer than they should',
    unit: 'count',
  },
];

/** Attempts that did not reach the contact; what is tried again is no loss yet. */
const lost: Matcher[] = [['result', '=~', 'refused|unclear|failed']];
const settled: Matcher[] = [['result', '=~', 'sent|refused|unclear|failed']];

const channelAlerts: readonly Alert[] = [
  {
    name: 'DeliveryFailing',
    severity: 'critical',
    when: all(
      compare(
        ratio(
          increase({ metric: 'timonel_channel_deliveries_total', where: lost }, 15 * minute, ['channel']),
          increase({ metric: 'timonel_channel_deliveries_total', where: settled }, 15 * minute, ['channel']),
        ),
        '>',
        0.1,
      ),
      compare(increase({ metric: 'timonel_channel_deliveries_total', where: lost }, 15 * minute, ['channel']), '>=', 5),
    ),
    for: 5 * minute,
    summary: 'More than 10 % of the messages on {{ $labels.channel }} do not reach their contacts',
    unit: 'share',
  },
  {
    name: 'WebhookRefused',
    severity: 'warning',
    when: compare(
      increase({ metric: 'timonel_channel_webhooks_total', where: [['result', '=', 'refused']] }, 15 * minute, ['channel']),
      '>=',
      5,
    ),
    for: 5 * minute,
    summary: 'Webhooks of {{ $labels.channel }} are refused: their signature does not fit',
    unit: 'count',
  },
];

/** A budget that is spent is no fault of the provider; its workspace is told. */
const unheard: Matcher[] = [['result', '!~', 'heard|unsure|nothing|budget_exceeded']];
const unspoken: Matcher[] = [['result', '!~', 'spoken|budget_exceeded']];

/** More than a quarter of the attempts fails, and five at least. */
function speechAlert(name: string, metric: string, where: Matcher[], summary: string): Alert {
  const failed = increase({ metric, where }, 15 * minute);
  return {
    name,
    severity: 'warning',
    when: all(compare(ratio(failed, increase({ metric }, 15 * minute)), '>', 0.25), compare(failed, '>=', 5)),
    for: 5 * minute,
    summary,
    unit: 'share',
  };
}

const speechAlerts: readonly Alert[] = [
  speechAlert(
    'HearingFailing',
    'timonel_speech_transcriptions_total',
    unheard,
    'More than a quarter of the voice messages cannot be given to the recogniser',
  ),
  speechAlert(
    'SpeakingFailing',
    'timonel_speech_replies_total',
    unspoken,
    'More than a quarter of the replies that should be spoken are not',
  ),
];

const webhookAlerts: readonly Alert[] = [
  {
    name: 'WebhookUndelivered',
    severity: 'warning',
    when: compare(
      rareIncrease({ metric: 'timonel_webhook_attempts_total', where: [['result', '=', 'dead']] }, hour, ['event']),
      '>',
      0,
    ),
    for: 0,
    summary: 'An endpoint was not told of {{ $labels.event }}, and no further attempt is made',
    unit: 'count',
  },
];

/** What only somebody outside can see. */
const seenFromOutside: readonly Alert[] = [
  {
    name: 'TimonelDown',
    severity: 'critical',
    when: 'max(up{job="timonel"}) == 0',
    for: minute,
    summary: 'No process of Timonel answers',
    unit: 'count',
  },
  {
    name: 'TimonelAbsent',
    severity: 'critical',
    when: 'absent(up{job="timonel"})',
    for: 5 * minute,
    summary: 'Prometheus knows of no process of Timonel: nothing is watched',
    unit: 'count',
  },
  {
    name: 'ProcessDown',
    severity: 'warning',
    when: 'up{job="timonel"} == 0',
    for: 5 * minute,
    summary: '{{ $labels.instance }} does not answer',
    unit: 'count',
  },
  {
    name: 'ProcessRestarting',
    severity: 'warning',
    when: 'changes(process_start_time_seconds{job="timonel"}[30m]) > 3',
    for: 0,
    summary: '{{ $labels.instance }} started again more than three times within half an hour',
    unit: 'count',
  },
];

export const alerts: readonly Alert[] = [
  ...indicators.flatMap((indicator) => burnRates.map((rate) => burnAlert(indicator, rate))),
  ...plainAlerts,
  ...channelAlerts,
  ...speechAlerts,
  ...webhookAlerts,
  ...seenFromOutside,
];
