import { channels, type SandboxRan } from '../diagnostics.ts';
import type { MetricSet } from './metric-set.ts';
import type { Subscriptions } from './subscriptions.ts';

/** Programs of students and models. */
export function sandboxMetrics(set: MetricSet, subscriptions: Subscriptions): void {
  const runs = set.counter('timonel_sandbox_runs_total', 'programs that were run in the sandbox, by how they ended', [
    'language',
    'backend',
    'verdict',
  ]);
  const duration = set.histogram('timonel_sandbox_run_duration_seconds', 'time of a program itself, without the queue', [
    'language',
    'backend',
  ]);
  const running = set.gauge(
    'timonel_sandbox_running',
    'programs that run in the sandbox of this process, when the last one ended',
    [],
  );
  const waiting = set.gauge('timonel_sandbox_waiting', 'programs that wait for their turn, when the last one ended', []);
  subscriptions.on<SandboxRan>(channels.sandboxRan, (ran) => {
    runs([ran.language, ran.backend, ran.verdict]);
    duration([ran.language, ran.backend], ran.milliseconds);
    running([], ran.running);
    waiting([], ran.waiting);
  });
}
