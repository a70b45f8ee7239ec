import { Command } from 'commander';
import { canonicalEmail } from '../identity/canonical-email.ts';
import { ApiClient } from './api-client.ts';
import { UsageError } from './usage-error.ts';

interface Member {
  id: string;
  email: string;
  userName: string | null;
  agents: string[] | null;
  connections: string[] | null;
}

interface Connection {
  id: string;
  name: string;
}

/** Over the API, as the key of this machine may: connections are named as people named them. */
export function userLimitsCommand(): Command {
  return new Command('limit')
    .description(
      'Limit a member to the conversations of some agents or connections to channels, over the API; without options: show',
    )
    .argument('<person>', 'e-mail address or user name')
    .option('--agents <names>', 'names with commas between; "all" takes the limit away')
    .option('--connections <names>', 'names or ids with commas between; "all" takes the limit away')
    .action(async (person: string, options: { agents?: string; connections?: string }) => {
      const api = ApiClient.here();
      const member = await memberOf(api, person);
      const known = (await api.get<{ connections: Connection[] }>('/api/v1/channels')).connections;
      const change = {
        ...(options.agents === undefined ? {} : { agents: namesOf(options.agents) }),
        ...(options.connections === undefined ? {} : { connections: idsOf(namesOf(options.connections), known) }),
      };
      const { agents, connections } =
        Object.keys(change).length === 0 ? member : await api.patch<Member>(`/api/v1/users/${member.id}`, change);
      const called = connections?.map((id) => known.find((each) => each.id === id)?.name ?? id);
      console.log(`${member.email}: agents ${agents?.join(', ') ?? 'all'}; connections ${called?.join(', ') ?? 'all'}`);
    });
}

function namesOf(text: string): string[] | null {
  if (text === 'all') return null;
  return text
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '');
}

function idsOf(names: readonly string[] | null, known: readonly Connection[]): string[] | null {
  if (names === null) return null;
  return names.map((wanted) => {
    const found = known.find(({ id, name }) => id === wanted || name === wanted);
    if (found !== undefined) return found.id;
    throw new UsageError(
      `There is no connection "${wanted}". There are: ${known.map(({ name }) => name).join(', ') || 'none'}. \`timonel channels list\` shows them.`,
    );
  });
}

async function memberOf(api: ApiClient, person: string): Promise<Member> {
  const login = canonicalEmail(person);
  for (let after: string | null = null; ; ) {
    const page: { users: Member[]; next: string | null } = await api.get(
      `/api/v1/users?limit=200${after === null ? '' : `&after=${after}`}`,
    );
    const found = page.users.find((each) => each.email === login || each.userName?.toLowerCase() === login);
    if (found !== undefined) return found;
    after = page.next;
    if (after === null) throw new UsageError(`${person} is no member of this workspace. \`timonel user list\` shows the members.`);
  }
}
