/** For each of the other alerts: a day on which it must be heard, and one on which it must not. */
import { counter, gauge, histogram, requests, type Scenario, slope, turns, unborn } from './scenario.ts';

export const plainScenarios: Scenario[] = [
  {
    name: 'six per cent of the requests fail for a quarter of an hour, then four',
    series: requests({ 200: counter([15, 940], [30, 960]), 500: counter([15, 60], [30, 40]) }),
    // A burst of that size uses up the budget too; what counts here is the plain one.
    fires: {
      4: ['AvailabilityBurn 14.4'],
      13: ['AvailabilityBurn 14.4', 'AvailabilityBurn 6', 'HighErrorRate'],
      44: ['AvailabilityBurn 1', 'AvailabilityBurn 14.4', 'AvailabilityBurn 3', 'AvailabilityBurn 6'],
    },
  },
  {
    name: 'a few turns, all of them slow',
    series: {
      'timonel_run_first_event_seconds_bucket{agent="booking", arm="stable", le="1"}': counter([60, 0]),
      'timonel_run_first_event_seconds_bucket{agent="booking", arm="stable", le="5"}': counter([60, 0.1]),
      'timonel_run_first_event_seconds_bucket{agent="booking", arm="stable", le="+Inf"}': counter([60, 0.1]),
      'timonel_run_first_event_seconds_count{agent="booking", arm="stable"}': counter([60, 0.1]),
    },
    fires: { 30: [], 58: [] },
  },
  {
    name: 'four requests in five take more than 3 s',
    every: 5,
    series: histogram('timonel_http_request_duration_seconds', 'method="GET", route="/api/v1/agents", status="200"', [
      counter([100, 2]),
      counter([100, 2]),
      counter([100, 10]),
      counter([100, 10]),
    ]),
    fires: {
      100: ['RequestLatencyBurn 1', 'RequestLatencyBurn 14.4', 'RequestLatencyBurn 3', 'RequestLatencyBurn 6', 'SlowRequests'],
    },
  },
  {
    name: 'a request a minute, every one of them slow',
    every: 5,
    series: histogram('timonel_http_request_duration_seconds', 'method="GET", route="/api/v1/agents", status="200"', [
      counter([60, 0]),
      counter([60, 0]),
      counter([60, 0.15]),
      counter([60, 0.15]),
    ]),
    fires: { 30: [], 60: [] },
  },
  {
    name: 'models fail, and the flow planner answers',
    series: { ...turns({ replied: counter([60, 9]) }), ...turns({ replied: counter([20, 0], [40, 1]) }, 'true') },
    fires: { 19: [], 28: [], 50: ['DegradedTurns'] },
  },
  {
    name: 'four turns are degraded at night',
    series: { ...turns({ replied: counter([60, 0]) }), ...turns({ replied: counter([20, 0], [4, 1], [36, 0]) }, 'true') },
    fires: { 26: [], 34: [], 50: [] },
  },
  {
    name: 'one turn in a hundred is degraded',
    series: { ...turns({ replied: counter([60, 99]) }), ...turns({ replied: counter([60, 1]) }, 'true') },
    fires: { 30: [], 58: [] },
  },
  {
    name: 'a breaker opens, tries, and opens again',
    series: {
      'timonel_breaker_state{target="openai/gpt"}': [...gauge([10, 0]), ...gauge([1, 2], [1, 1], [1, 2], [1, 1], [26, 2])],
      'timonel_model_attempts_total{target="openai/gpt", outcome="connection"}': counter([10, 0], [30, 2]),
    },
    fires: { 9: [], 11: [], 14: ['BreakerOpen'], 30: ['BreakerOpen'] },
  },
  {
    name: 'a breaker opened for a minute',
    series: {
      'timonel_breaker_state{target="openai/gpt"}': gauge([10, 0], [1, 2], [30, 0]),
      'timonel_model_attempts_total{target="openai/gpt", outcome="connection"}': counter([9, 0], [1, 5], [30, 0]),
    },
    fires: { 10: [], 11: [], 14: [], 30: [] },
  },
  {
    name: 'a breaker opened, and nobody asks for that model any more',
    series: {
      'timonel_breaker_state{target="openai/gpt"}': gauge([10, 0], [60, 2]),
      'timonel_model_attempts_total{target="openai/gpt", outcome="connection"}': counter([9, 0], [1, 5], [60, 0]),
      'timonel_model_attempts_total{target="anthropic/claude", outcome="connection"}': counter([70, 1]),
    },
    fires: { 14: ['BreakerOpen'], 25: [], 60: [] },
  },
  {
    name: 'one message in five reaches nobody for a while',
    series: {
      'timonel_channel_deliveries_total{channel="whatsapp", result="sent"}': counter([70, 4]),
      'timonel_channel_deliveries_total{channel="whatsapp", result="refused"}': counter([20, 0], [20, 1], [30, 0]),
    },
    fires: { 19: [], 34: ['DeliveryFailing'], 40: ['DeliveryFailing'], 68: [] },
  },
  {
    name: 'messages are tried again, and four reach nobody',
    series: {
      'timonel_channel_deliveries_total{channel="whatsapp", result="sent"}': counter([60, 0.5]),
      'timonel_channel_deliveries_total{channel="whatsapp", result="retried"}': counter([60, 3]),
      'timonel_channel_deliveries_total{channel="whatsapp", result="unclear"}': counter([60, 0.2]),
    },
    fires: { 30: [], 58: [] },
  },
  {
    name: 'one message in twenty reaches nobody',
    series: {
      'timonel_channel_deliveries_total{channel="telegram", result="sent"}': counter([60, 19]),
      'timonel_channel_deliveries_total{channel="telegram", result="failed"}': counter([60, 1]),
    },
    fires: { 30: [], 58: [] },
  },
  {
    name: 'the provider of speech is away for a while',
    series: {
      'timonel_speech_transcriptions_total{result="heard"}': counter([20, 1], [20, 0], [40, 1]),
      'timonel_speech_transcriptions_total{result="model_unavailable"}': counter([20, 0], [20, 1], [40, 0]),
      'timonel_speech_replies_total{engine="model", result="spoken"}': counter([20, 1], [20, 0], [40, 1]),
      'timonel_speech_replies_total{engine="model", result="model_unavailable"}': counter([20, 0], [20, 1], [40, 0]),
    },
    fires: { 19: [], 38: ['HearingFailing', 'SpeakingFailing'], 75: [] },
  },
  {
    name: 'customers say nothing, and one voice message in ten fails',
    series: {
      'timonel_speech_transcriptions_total{result="nothing"}': counter([60, 3]),
      'timonel_speech_transcriptions_total{result="heard"}': counter([60, 6]),
      'timonel_speech_transcriptions_total{result="timeout"}': counter([60, 1]),
      'timonel_speech_replies_total{engine="local", result="spoken"}': counter([60, 6]),
    },
    fires: { 30: [], 58: [] },
  },
  {
    name: 'the recogniser fails twice',
    series: { 'timonel_speech_transcriptions_total{result="timeout"}': counter([20, 0], [2, 1], [40, 0]) },
    fires: { 24: [], 30: [], 58: [] },
  },
  {
    name: 'the provider of speech fails for some minutes, and is asked little afterwards',
    series: {
      'timonel_speech_transcriptions_total{result="heard"}': counter([20, 1], [3, 0], [40, 2]),
      'timonel_speech_transcriptions_total{result="model_unavailable"}': counter([20, 0], [3, 2], [40, 0]),
    },
    fires: { 22: [], 23: [], 24: [], 40: [] },
  },
  {
    name: 'the budget for voice is spent',
    series: {
      'timonel_speech_transcriptions_total{result="budget_exceeded"}': counter([60, 1]),
      'timonel_speech_replies_total{engine="model", result="budget_exceeded"}': counter([60, 1]),
    },
    fires: { 30: [], 58: [] },
  },
  {
    name: 'an endpoint was not told of an event in the end',
    series: {
      'timonel_webhook_attempts_total{event="run.ended", result="dead"}': counter([10, 0], [1, 1], [80, 0]),
    },
    fires: { 9: [], 20: ['WebhookUndelivered'], 85: [] },
  },
  {
    name: 'an endpoint is told at the second attempt',
    series: {
      'timonel_webhook_attempts_total{event="run.ended", result="retried"}': counter([60, 1]),
      'timonel_webhook_attempts_total{event="run.ended", result="delivered"}': counter([60, 1]),
    },
    fires: { 30: [], 58: [] },
  },
  {
    name: 'the secret of a channel was changed at the provider alone',
    series: {
      'timonel_channel_webhooks_total{channel="whatsapp", result="accepted"}': counter([10, 20], [50, 0]),
      'timonel_channel_webhooks_total{channel="whatsapp", result="refused"}': counter([10, 0], [20, 3], [30, 0]),
    },
    fires: { 10: [], 25: ['WebhookRefused'], 55: [] },
  },
  {
    name: 'a stranger tries a webhook now and then',
    series: {
      'timonel_channel_webhooks_total{channel="whatsapp", result="refused"}': counter([60, 0.2]),
      'timonel_channel_webhooks_total{channel="unknown", result="unknown"}': counter([60, 5]),
    },
    fires: { 30: [], 58: [] },
  },
  {
    name: 'one caller reaches a limit once',
    series: { 'timonel_rate_limit_hits_total{scope="api-key", kind="requests"}': unborn(20, [1, 1], [40, 0]) },
    fires: { 19: [], 22: ['RateLimitHits'], 50: [] },
  },
  {
    name: 'statements wait for a connection',
    series: { 'timonel_database_pool_waiting{instance="one"}': gauge([10, 0], [20, 3], [20, 0]) },
    fires: { 9: [], 13: [], 20: ['PoolWaiting'], 40: [] },
  },
  {
    name: 'statements are given up',
    series: { timonel_database_pool_acquire_timeouts_total: counter([10, 0], [10, 3], [20, 0]) },
    fires: { 9: [], 18: ['PoolExhausted'], 35: [] },
  },
  {
    name: 'one statement in five minutes is given up',
    series: { timonel_database_pool_acquire_timeouts_total: counter([60, 0.4]) },
    fires: { 30: [], 58: [] },
  },
  {
    name: 'the database is away for good, then back',
    series: {
      'timonel_store_up{instance="one"}': gauge([10, 1], [10, 0], [20, 1]),
      'timonel_store_up{instance="two"}': gauge([10, 1], [10, 0], [20, 1]),
    },
    fires: { 9: [], 10: [], 15: ['StoreDown'], 25: [] },
  },
  {
    name: 'one of two processes lost the database and Redis',
    series: {
      'timonel_store_up{instance="one"}': gauge([40, 1]),
      'timonel_store_up{instance="two"}': gauge([10, 1], [30, 0]),
      'timonel_redis_up{instance="one"}': gauge([40, 1]),
      'timonel_redis_up{instance="two"}': gauge([10, 1], [30, 0]),
    },
    fires: { 9: [], 35: [] },
  },
  {
    name: 'Redis is away',
    series: { timonel_redis_up: gauge([10, 1], [20, 0], [20, 1]) },
    fires: { 9: [], 11: [], 20: ['RedisDown'], 40: [] },
  },
  {
    name: 'Redis fills up to its limit',
    series: { timonel_redis_memory_used_bytes: slope(100, 0, 1), timonel_redis_memory_max_bytes: gauge([100, 100]) },
    fires: { 89: [], 94: [], 98: ['RedisMemory'] },
  },
  {
    name: 'Redis has no limit',
    series: { timonel_redis_memory_used_bytes: slope(100, 0, 1e9), timonel_redis_memory_max_bytes: gauge([100, 0]) },
    fires: { 50: [], 98: [] },
  },
  {
    name: 'the disk fills up',
    series: { 'timonel_disk_used_ratio{mount="home"}': slope(100, 0, 0.01) },
    fires: { 85: [], 93: [], 98: ['DiskFilling'] },
  },
  {
    name: 'the disk is well filled, and stays so',
    series: { 'timonel_disk_used_ratio{mount="home"}': gauge([60, 0.8]) },
    fires: { 50: [] },
  },
  {
    name: 'backups stay away for a day and more',
    series: { timonel_backup_verified_age_seconds: slope(300, 90_000, 60) },
    fires: { 55: [], 65: [], 75: ['BackupStale'] },
  },
  {
    name: 'the backup of the night is late by an hour',
    series: { timonel_backup_verified_age_seconds: gauge([60, 90_000]) },
    fires: { 50: [] },
  },
  {
    name: 'jobs come faster than they are done',
    series: {
      'timonel_queue_jobs{queue="mail", state="waiting"}': slope(60, 0, 5),
      'timonel_queue_jobs{queue="mail", state="active"}': gauge([60, 500]),
    },
    fires: { 20: [], 28: [], 40: ['QueueGrowing'] },
  },
  {
    name: 'many jobs wait, and become fewer',
    series: { 'timonel_queue_jobs{queue="mail", state="waiting"}': slope(60, 1000, -5) },
    fires: { 40: [] },
  },
  {
    name: 'a few jobs more wait',
    series: { 'timonel_queue_jobs{queue="mail", state="waiting"}': slope(60, 0, 1) },
    fires: { 58: [] },
  },
  {
    name: 'a canary is rolled back',
    series: {
      'timonel_release_decisions_total{agent="booking", decision="rolled-back"}': unborn(30, [1, 1], [90, 0]),
      'timonel_release_decisions_total{agent="booking", decision="ramped"}': counter([120, 1]),
    },
    fires: { 29: [], 32: ['CanaryRolledBack'], 80: ['CanaryRolledBack'], 110: [] },
  },
  {
    name: 'a release is held',
    series: { 'timonel_release_decisions_total{agent="booking", decision="held"}': unborn(30, [1, 1], [90, 0]) },
    fires: { 29: [], 32: ['ReleaseHeld'], 110: [] },
  },
  {
    name: 'a customer waits for a person for too long',
    series: {
      'timonel_handoff_conversations{state="waiting"}': gauge([60, 3]),
      'timonel_handoff_conversations{state="overdue"}': gauge([10, 0], [20, 1], [30, 0]),
      'timonel_handoff_conversations{state="taken"}': gauge([60, 7]),
    },
    fires: { 9: [], 13: [], 20: ['HandoffOverdue'], 40: [] },
  },
  {
    name: 'customers who wait are taken in time, some of them late',
    series: {
      'timonel_handoff_conversations{state="waiting"}': gauge([60, 9]),
      'timonel_handoff_conversations{state="overdue"}': gauge([10, 0], [3, 2], [20, 0], [4, 1], [23, 0]),
    },
    fires: { 12: [], 20: [], 36: [], 50: [] },
  },
  {
    name: 'one of two processes is away for a while',
    outside: true,
    series: {
      'up{job="timonel", instance="one:8000"}': gauge([60, 1]),
      'up{job="timonel", instance="two:8000"}': gauge([10, 1], [10, 0], [40, 1]),
    },
    fires: { 13: [], 18: ['ProcessDown'], 30: [] },
  },
  {
    name: 'all processes are away',
    outside: true,
    series: {
      'up{job="timonel", instance="one:8000"}': gauge([10, 1], [50, 0]),
      'up{job="timonel", instance="two:8000"}': gauge([10, 1], [50, 0]),
    },
    fires: { 9: [], 10: [], 12: ['TimonelDown'], 20: ['ProcessDown', 'TimonelDown'] },
  },
  {
    name: 'the process is not scraped any more',
    outside: true,
    series: { 'up{job="timonel", instance="one:8000"}': gauge([10, 1], [50, 'gone']) },
    fires: { 9: [], 13: [], 20: ['TimonelAbsent'] },
  },
  {
    name: 'a process starts again and again',
    outside: true,
    series: {
      'up{job="timonel", instance="one:8000"}': gauge([60, 1]),
      'process_start_time_seconds{job="timonel", instance="one:8000"}': slope(60, 1, 0).map((_, minute) =>
        minute < 20 ? 0 : Math.floor((minute - 20) / 5),
      ),
    },
    fires: { 25: [], 45: ['ProcessRestarting'] },
  },
];
