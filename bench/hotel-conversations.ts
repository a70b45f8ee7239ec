/**
 * How conversations with the hotel agent go without a model: `npm run bench:hotel [-- --errors] [FILE.jsonl…]`
 *
 * Guests with a goal (`agents/hotel/rehearsal/goals.ts`) and the quality cases are played by the front door; files hold conversations of others, one a
 * line: `{"turns": [{"user": "…", "expect": [{"contains": "…"}, {"regex": "…", "negate": true}]}]}`; those that name `faults` are played without what
 * they expect. Prints goals reached, clarifying questions per booking, questions that came twice, and statements that the store does not bear out.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { hotel } from '../agents/hotel/agent.ts';
import { figuresOf, type Played, playGoal } from '../agents/hotel/rehearsal/goal-guest.ts';
import { goals } from '../agents/hotel/rehearsal/goals.ts';
import { type FrontDoor, untrue } from '../agents/hotel/rehearsal/truth.ts';
import { readSettings } from '../src/config.ts';
import { defaultWorkspace, openTimonel } from '../src/main.ts';
import { apiCallerOf } from '../src/testing/api-caller.ts';

interface Expected {
  contains?: string | null;
  regex?: string | null;
  negate?: boolean;
}
interface Conversation {
  id?: string;
  faults?: unknown[];
  turns: { user: string; expect?: Expected[] | Record<string, unknown> }[];
}

const showErrors = process.argv.includes('--errors');
const paths = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const evals = new URL('../agents/hotel/evals/', import.meta.url);
const data = mkdtempSync(join(tmpdir(), 'timonel-hotel-'));
const timonel = await openTimonel(
  readSettings({ TIMONEL_HOME: data, TIMONEL_PORT: '0', TIMONEL_MAX_EVENT_LOOP_DELAY_MS: '0', TIMONEL_LOG_LEVEL: 'silent' }),
  { agents: [hotel] },
  { now: () => new Date('2026-11-30T12:00:00-03:00') },
);
const key = await timonel.apiKeys.create({ id: crypto.randomUUID(), workspaceId: defaultWorkspace, name: 'bench', role: 'admin' });
const door = {
  ...apiCallerOf(timonel.app, key),
  rows: <Row extends object>(statement: string, values: readonly unknown[] = []) =>
    timonel.store.pool.executeText<Row>(statement, [...values]),
} satisfies FrontDoor;
const linesOf = (text: string) =>
  text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as Conversation);

function holds(reply: string, { contains, regex, negate = false }: Expected): boolean {
  const text = reply.toLowerCase();
  const found =
    (contains == null || text.includes(contains.toLowerCase())) && (regex == null || new RegExp(regex, 'i').test(reply));
  return found !== negate;
}

/** The stays whose codes a conversation names are there. */
async function bookSpokenOf(text: string): Promise<void> {
  for (const [code] of text.matchAll(/\b[A-Z]{2,4}-\d{6,8}-\d{2,4}\b/g)) {
    const stay = {
      checkIn: '2027-03-15',
      checkOut: '2027-03-18',
      type: 'DBL',
      adults: 2,
      name: 'Ana Gómez',
      phone: '223 555 1234',
    };
    const { body } = await door.call<{ id: string }>('POST', '/api/v1/agents/hotel/stays', stay);
    await door.rows('UPDATE hotel_bookings SET code = $1 WHERE id = $2', [code.replaceAll('-', ''), body.id]);
  }
}

async function play(set: string, conversations: readonly Conversation[]): Promise<void> {
  let reached = 0;
  const faults: string[] = [];
  const repeated: string[] = [];
  for (const { id = '', faults: made = [], turns } of conversations) {
    await door.rows('DELETE FROM hotel_bookings');
    await bookSpokenOf(turns.map(({ user }) => user).join(' '));
    const conversation = await door.converse('hotel');
    const said: string[] = [];
    let before = '';
    let good = true;
    for (const { user, expect = [] } of turns) {
      said.push(user);
      const { reply } = await door.say<{ reply: { text: string } }>(conversation, user);
      faults.push(...(await untrue(door, conversation, reply.text, said)).map((fault) => `${id}: ${fault}`));
      if (reply.text === before) repeated.push(`${id}: ${reply.text}`);
      before = reply.text;
      const missed = made.length === 0 && Array.isArray(expect) ? expect.filter((one) => !holds(reply.text, one)) : [];
      const wanted = Array.isArray(expect) ? undefined : expect['replyMatches'];
      if (missed.length > 0 || (typeof wanted === 'string' && !new RegExp(wanted, 'is').test(reply.text))) {
        good = false;
        if (showErrors) console.log(`${id} > ${user}\n    ${reply.text}\n    ${JSON.stringify(expect)}`);
      }
    }
    if (good) reached += 1;
  }
  report(set, { conversations: conversations.length, reached: reached / conversations.length, repeated, faults });
}

function report(
  set: string,
  figures: { conversations: number; reached: number; clarifying?: number; repeated: string[]; faults: string[] },
) {
  const { conversations, reached, clarifying, repeated, faults } = figures;
  const asked = clarifying === undefined ? '' : `, ${clarifying.toFixed(2)} clarifying questions per booking`;
  console.log(
    `${set}: ${conversations} conversations, ${(reached * 100).toFixed(1)} % reached${asked}, ${repeated.length} repeated, ${faults.length} untrue`,
  );
  if (showErrors) for (const each of [...repeated, ...faults]) console.log(`    ${each}`);
}

const played: Played[] = [];
for (const goal of goals) played.push(await playGoal(door, goal));
const { conversations, reached, clarifying } = figuresOf(played);
report('guests with a goal', {
  conversations,
  reached,
  clarifying,
  repeated: played.flatMap((each) => each.repeated),
  faults: played.flatMap((each) => each.untrue),
});
if (showErrors) for (const { transcript } of played.filter((each) => !each.reached)) console.log(transcript.join('\n'), '\n');
await play(
  'quality cases',
  readdirSync(evals).flatMap((name) => linesOf(readFileSync(new URL(name, evals), 'utf8'))),
);
for (const path of paths) await play(basename(path, '.jsonl'), linesOf(readFileSync(path, 'utf8')));
await timonel.close();
rmSync(data, { recursive: true, force: true });
