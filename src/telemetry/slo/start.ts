/** Puts the watch of this process together: what reads its metrics, the alerts over them, and the views that the API shows. */
import type { Registry } from 'prom-client';
import { registrySamples } from './registry-samples.ts';
import type { ProcessViews } from './views.ts';
import { createViews, viewVectors } from './views.ts';
import { AlertWatch, type AlertWatchDependencies } from './watch.ts';

export interface Watch {
  views: ProcessViews;
  stop(): void;
}

/** Takes the first look at once: counters are zero then, and what comes is seen as having come. */
export async function startWatch(
  registry: Registry,
  dependencies: Pick<AlertWatchDependencies, 'now' | 'onChange'>,
): Promise<Watch> {
  const read = registrySamples(registry);
  const watch = new AlertWatch({ ...dependencies, read, views: viewVectors });
  const { now } = dependencies;
  const views = createViews({ watch, read, now, since: now() });
  await watch.start();
  return { views, stop: () => watch.stop() };
}
