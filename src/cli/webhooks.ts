import { Command } from 'commander';
import { ApiClient } from './api-client.ts';
import { UsageError } from './usage-error.ts';

interface Endpoint {
  id: string;
  url: string;
  events: string[];
  previousUntil: string | null;
  disabledAt: string | null;
}

interface Delivery {
  id: string;
  event: string;
  state: string;
  attempts: number;
  error: string | null;
  occurredAt: string;
}

/** Over the API, as the key of this machine may. */
export function webhooksCommand(): Command {
  const webhooks = new Command('webhooks').description('Endpoints that are told of what happens here (Standard Webhooks)');
  webhooks
    .command('add <url>')
    .description('Have an https:// address told. Prints the secret that verifies requests, this once')
    .requiredOption(
      '--events <events>',
      'with commas between: run.ended, handoff.waiting, approval.waiting, delivery.failed, release.decided, alert',
    )
    .action(async (url: string, { events }: { events: string }) => {
      const body = { url, events: events.split(',').map((each) => each.trim()) };
      const added = await ApiClient.here().post<Endpoint & { secret: string }>('/api/v1/webhooks', body);
      console.log(`${added.url} is told (${added.id}). Secret, shown now and never again:\n  ${added.secret}`);
      console.log(`See that it works: timonel webhooks test ${added.id}`);
    });
  webhooks
    .command('list')
    .description('Endpoints of this workspace')
    .option('--json', 'print JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const found = await list();
      if (json === true) console.log(JSON.stringify(found));
      else if (found.length === 0) console.log('No webhooks. Add one: timonel webhooks add https://… --events run.ended');
      else
        for (const { id, url, events, disabledAt } of found)
          console.log(`${id} ${url}: ${events.join(', ')}${disabledAt === null ? '' : ' (disabled)'}`);
    });
  webhooks
    .command('test <webhook>')
    .description('Send the event "test" (id or address)')
    .action(async (which: string) => {
      const { id } = await find(which);
      const made = await ApiClient.here().post<Delivery>(`/api/v1/webhooks/${id}/test`, {});
      console.log(`Stored as ${made.id}. What became of it: timonel webhooks deliveries`);
    });
  webhooks
    .command('rotate <webhook>')
    .description('A new secret; for a day requests carry a signature of the one before, too')
    .action(async (which: string) => {
      const { id } = await find(which);
      const rotated = await ApiClient.here().post<Endpoint & { secret: string }>(`/api/v1/webhooks/${id}/rotate`, {});
      console.log(
        `Secret, shown now and never again:\n  ${rotated.secret}\nThe one before is good until ${rotated.previousUntil ?? 'now'}.`,
      );
    });
  for (const [name, enabled] of [
    ['disable', false],
    ['enable', true],
  ] as const)
    webhooks
      .command(`${name} <webhook>`)
      .description(enabled ? 'Tell an endpoint again' : 'Tell an endpoint nothing until it is enabled')
      .action(async (which: string) => {
        const { id, url } = await find(which);
        await ApiClient.here().patch<Endpoint>(`/api/v1/webhooks/${id}`, { enabled });
        console.log(`${url} is ${name}d.`);
      });
  webhooks
    .command('remove <webhook>')
    .description('Remove an endpoint, with all that waits for it')
    .action(async (which: string) => {
      const { id, url } = await find(which);
      await ApiClient.here().delete(`/api/v1/webhooks/${id}`);
      console.log(`${url} is told nothing any more.`);
    });
  webhooks
    .command('deliveries')
    .description('The latest events for endpoints, and what became of them')
    .option('--dead', 'only dead letters: all attempts were made')
    .action(async ({ dead }: { dead?: boolean }) => {
      const path = `/api/v1/webhook-deliveries?limit=100${dead === true ? '&state=dead' : ''}`;
      const { deliveries } = await ApiClient.here().get<{ deliveries: Delivery[] }>(path);
      if (deliveries.length === 0) console.log('None.');
      for (const { id, event, state, attempts, error, occurredAt } of deliveries)
        console.log(`${id} ${occurredAt} ${event}: ${state} after ${attempts}${error === null ? '' : ` (${error})`}`);
    });
  webhooks
    .command('replay <event>')
    .description('Send an event that ended once more, with the same webhook-id')
    .action(async (id: string) => {
      const { event } = await ApiClient.here().post<Delivery>(`/api/v1/webhook-deliveries/${encodeURIComponent(id)}/replay`, {});
      console.log(`${event} is sent once more.`);
    });
  return webhooks;
}

async function list(): Promise<Endpoint[]> {
  return (await ApiClient.here().get<{ webhooks: Endpoint[] }>('/api/v1/webhooks')).webhooks;
}

async function find(which: string): Promise<Endpoint> {
  const all = await list();
  const found = all.find(({ id, url }) => id === which || url === which);
  if (found !== undefined) return found;
  throw new UsageError(`There is no webhook "${which}". There are: ${all.map(({ url }) => url).join(', ') || 'none'}.`);
}
