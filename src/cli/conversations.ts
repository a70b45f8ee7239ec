import { Command } from 'commander';
import { ApiClient } from './api-client.ts';

interface Handoff {
  reason: string;
  priority: string;
  language: string;
  dueAt: string;
  assignee: { name: string } | null;
  summary: { who: { name?: string; phone?: string; email?: string } | null; wanted: string; tried: string[]; last: Said[] };
}

interface Said {
  role: 'user' | 'assistant' | 'person';
  text: string;
}

interface Listed {
  id: string;
  agent: string;
  status: string;
  handler: 'agent' | 'person';
  unread: boolean;
  updatedAt: string;
  last: Said | null;
  handoff: { reason: string; priority: string; dueAt: string; assignee: { name: string } | null } | null;
}

const speakers = { user: 'customer', assistant: 'agent', person: 'person' } as const;

/** Conversations in people's hands, for whoever answers from a terminal. */
export function conversationsCommand(): Command {
  const command = new Command('conversations').description('Conversations: who has them, who waits, and answers of people');
  command
    .command('list')
    .description('The newest conversations of the workspace')
    .option('--waiting', 'only those that wait for a person or are with one')
    .option('--mine', 'only those that this key has')
    .option('--agent <name>', 'only those with this agent')
    .option('--text <text>', 'only those in which this was said, three characters at least')
    .option('--limit <n>', 'how many, 100 at most', '20')
    .option('--json', 'print JSON')
    .action(
      async (options: { waiting?: boolean; mine?: boolean; agent?: string; text?: string; limit: string; json?: boolean }) => {
        const query = new URLSearchParams({ limit: options.limit });
        if (options.waiting === true) query.set('waiting', 'true');
        if (options.mine === true) query.set('assignee', 'me');
        if (options.agent !== undefined) query.set('agent', options.agent);
        if (options.text !== undefined) query.set('text', options.text);
        const { conversations } = await ApiClient.here().get<{ conversations: Listed[] }>(`/api/v1/conversations?${query}`);
        if (options.json === true) console.log(JSON.stringify(conversations));
        else console.log(conversations.length === 0 ? 'None.' : conversations.map(told).join('\n'));
      },
    );
  command
    .command('take')
    .description('Take a conversation from its agent: until it is handed back, the agent says nothing')
    .argument('<id>', 'of the conversation')
    .option('--json', 'print JSON')
    .action(async (id: string, options: { json?: boolean }) => {
      const handoff = await ApiClient.here().post<Handoff>(`/api/v1/conversations/${id}/take`, {});
      console.log(options.json === true ? JSON.stringify(handoff) : summaryOf(handoff));
    });
  command
    .command('reply')
    .description('Say something to the customer, in a conversation that was taken')
    .argument('<id>', 'of the conversation')
    .argument('<text>', 'what is said')
    .action(async (id: string, text: string) => {
      // The key makes a repeated call after a lost answer harmless.
      const headers = { 'idempotency-key': crypto.randomUUID() };
      const { turn } = await ApiClient.here().post<{ turn: number }>(`/api/v1/conversations/${id}/replies`, { text }, headers);
      console.log(`Said, as turn ${turn}.`);
    });
  command
    .command('hand-back')
    .description('Give a conversation back to its agent, or let one go that nobody has taken')
    .argument('<id>', 'of the conversation')
    .option('--note <text>', 'what the agent is told for its next turn')
    .action(async (id: string, options: { note?: string }) => {
      await ApiClient.here().post(
        `/api/v1/conversations/${id}/hand-back`,
        options.note === undefined ? {} : { note: options.note },
      );
      console.log('The agent has it.');
    });
  return command;
}

function told({ id, agent, handler, unread, last, handoff }: Listed): string {
  const who = handler === 'person' ? `with ${handoff?.assignee?.name ?? 'a person'}` : `with the agent ${agent}`;
  const waits =
    handoff === null || handler === 'person'
      ? ''
      : `, waits for a person (${handoff.reason}, ${handoff.priority}), due ${handoff.dueAt}`;
  const said = last === null ? '' : `\n  ${speakers[last.role]}: ${last.text.replaceAll(/\s+/g, ' ').slice(0, 100)}`;
  return `${id}  ${who}${waits}${unread ? ', unread' : ''}${said}`;
}

function summaryOf({ reason, priority, summary: { who, wanted, tried, last } }: Handoff): string {
  const contact = who === null ? 'not known' : [who.name, who.phone, who.email].filter((part) => part !== undefined).join(', ');
  return [
    `You have it (${reason}, ${priority}).`,
    `Customer: ${contact}`,
    ...(wanted === '' ? [] : [`Wanted: ${wanted}`]),
    ...tried.map((line) => `Tried: ${line}`),
    ...last.map(({ role, text }) => `  ${speakers[role]}: ${text}`),
  ].join('\n');
}
