/** Switches a host back and forth while customers are served. */
import type { Host } from './host.ts';
import { type Traffic, traffic } from './load.ts';

export interface Switches {
  traffic: Traffic;
  /** Of each switch, in milliseconds. */
  took: number[];
  /** What went wrong with a switch itself. */
  faults: string[];
}

export async function switchUnderLoad(host: Host, apiKey: string, count: number): Promise<Switches> {
  const stop = new AbortController();
  const running = traffic({ url: host.url, apiKey }, { clients: 8, readers: 4 }, stop.signal);
  const took: number[] = [];
  const faults: string[] = [];
  for (let each = 0; each < count; each++) {
    const started = performance.now();
    const { report, said } = await host.deploy('--back');
    took.push(Math.round(performance.now() - started));
    if (report?.status !== 'switched') faults.push(`${said} ${JSON.stringify(report)}`);
  }
  stop.abort();
  return { traffic: await running, took, faults };
}
