/**
 * Replays recorded customers against the booking agent without a model and says how far each got.
 *
 *   node bench/conversations/replay.ts conversations.jsonl [personas.jsonl …] [--runtime] [--verbose]
 *
 * Against the flow planner over a salon in memory, or with `--runtime` against the whole product on an embedded store.
 *
 * A row with `turns` holds a customer's lines, which stay as they are although the answers now differ; where they end in the middle of
 * a booking a willing customer answers what is still asked. A row with `context` is a persona, played by a simulated customer.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { flows } from '../../agents/booking/flows.ts';
import { localNow } from '../../src/dialogue.ts';
import { answerTo, opening, type Persona, type Style } from './customer.ts';
import { type Answer, type House, inMemory, type Partner, startRuntime } from './partner.ts';
import { hairSalon, placeFor } from './salons.ts';

const recorded = z.object({
  id: z.string(),
  scenario: z.string(),
  source: z.string().default(''),
  turns: z.array(z.object({ user: z.string() })),
});
const persona = z.object({
  id: z.string(),
  vertical: z.string(),
  client: z.object({ name: z.string(), email: z.string(), phone: z.string(), personality: z.string() }),
  context: z.object({ service: z.string(), when_human: z.string() }),
});

const turnsOfPersona = 12;
const turnsToFinish = 8;
const defaultNow = new Date('2026-11-20T15:00:00Z');

interface Result {
  id: string;
  scenario: string;
  turns: number;
  booked: 'in its own lines' | 'with a willing customer' | 'no';
  /** Questions that the flow understood as such, and how many of them were answered. */
  asked: number;
  answered: number;
  offered: boolean;
  escalated: number;
  misunderstood: number;
  /** The same reply twice running, or a question for what was already given. */
  repeated: number;
}

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: { verbose: { type: 'boolean', default: false }, runtime: { type: 'boolean', default: false } },
});
if (positionals.length === 0) {
  console.error('Give the path of a JSONL file, e.g. node bench/conversations/replay.ts conversations.jsonl');
  process.exit(2);
}

/** One conversation with everything that is counted about it. */
class Replay {
  readonly partner: Partner;
  readonly result: Result;
  #previous: Answer | undefined;
  readonly #given = new Set<string>();

  constructor(partner: Partner, id: string, scenario: string) {
    this.partner = partner;
    this.result = {
      id,
      scenario,
      turns: 0,
      booked: 'no',
      asked: 0,
      answered: 0,
      offered: false,
      escalated: 0,
      misunderstood: 0,
      repeated: 0,
    };
  }

  async says(text: string): Promise<Answer> {
    const { result, partner } = this;
    const { vocabulary } = partner;
    const now = localNow(partner.now, partner.plan.timeZone);
    const heard = flows.understand(text, { now, vocabulary, awaiting: this.#previous?.awaiting });
    const said = await partner.says(text);
    const { tools } = said;
    const questions = [heard.intent, ...heard.alsoIntents].flatMap((intent) => {
      if (intent === 'prices' || intent === 'services') return ['get_services'];
      if (intent === 'hours') return ['get_business_hours'];
      return intent === 'promotions' ? ['get_promotions'] : [];
    });
    result.turns += 1;
    result.asked += questions.length;
    result.answered += questions.filter((tool) => tools.includes(tool)).length;
    result.offered ||= said.awaiting === 'time' || tools.includes('hold_slot');
    if (said.outcome === 'escalated') result.escalated += 1;
    if (/no te entendí|no te lo sé decir/.test(said.text)) result.misunderstood += 1;
    const staff = vocabulary.staff.some((person) => person.name.startsWith(heard.slots.name ?? '-'));
    for (const slot of staff ? (['phone', 'email'] as const) : (['name', 'phone', 'email'] as const))
      if (heard.slots[slot] !== undefined) this.#given.add(slot === 'name' ? slot : 'contact');
    const again = (said.awaiting === 'name' || said.awaiting === 'contact') && this.#given.has(said.awaiting);
    const repeated = again || said.text === this.#previous?.text;
    if (repeated) result.repeated += 1;
    this.#previous = said;
    if (flags.verbose) {
      console.log(`  > ${text}${repeated ? '   (REPEATED)' : ''}`);
      console.log(`    ${said.text.replaceAll('\n', '\n    ')}`);
      console.log(
        `    [${said.outcome} ${said.awaiting ?? ''}] ${heard.intent} ${heard.confidence} +${heard.alsoIntents.join(',')} ${JSON.stringify(heard.slots)} = ${tools.join(', ')}`,
      );
    }
    return said;
  }
}

async function replayRecorded(house: House, row: z.infer<typeof recorded>): Promise<Result> {
  const at = /_(\d{4})(\d\d)(\d\d)_(\d\d)(\d\d)/.exec(row.source);
  const now = at === null ? defaultNow : new Date(`${at[1]}-${at[2]}-${at[3]}T${at[4]}:${at[5]}:00-03:00`);
  const partner = await house.open(hairSalon, now);
  const replay = new Replay(partner, row.id, row.scenario);
  let said: Answer | undefined;
  for (const { user } of row.turns) said = await replay.says(user);
  if ((await partner.booked()) > 0) replay.result.booked = 'in its own lines';
  const willing: Persona = {
    style: 'brief',
    service: 'corte',
    when: 'mañana a las 11',
    name: 'Laura Gómez',
    email: '',
    phone: '11 5555 1234',
    givesUp: false,
  };
  for (let turn = 0; turn < turnsToFinish && said?.awaiting !== undefined && replay.result.booked === 'no'; turn += 1) {
    const answer = answerTo(said, willing, turn);
    if (answer === undefined) break;
    said = await replay.says(answer);
    if ((await partner.booked()) > 0) replay.result.booked = 'with a willing customer';
  }
  return replay.result;
}

async function replayPersona(house: House, row: z.infer<typeof persona>): Promise<Result> {
  const { client, context } = row;
  const plan = row.vertical === 'servicios' ? hairSalon : placeFor(context.service);
  const partner = await house.open(plan, defaultNow);
  const customer: Persona = {
    style: (/\.(\w+)$/.exec(client.personality)?.[1]?.toLowerCase() ?? 'brief') as Style,
    service: context.service,
    when: context.when_human,
    name: client.name,
    email: client.email,
    phone: client.phone,
    givesUp: row.id.includes('cancelacion'),
  };
  const replay = new Replay(partner, row.id, customer.style);
  let said = await replay.says(opening(customer));
  for (let turn = 0; turn < turnsOfPersona; turn += 1) {
    const answer = answerTo(said, customer, turn);
    if (answer === undefined) break;
    said = await replay.says(answer);
  }
  if ((await partner.booked()) > 0) replay.result.booked = 'in its own lines';
  return replay.result;
}

function verdictOf(result: Result): string {
  const reached: string[] = [];
  if (result.booked !== 'no') reached.push(`booked ${result.booked}`);
  if (result.asked > 0) reached.push(`informed ${result.answered}/${result.asked}`);
  if (result.booked === 'no' && result.offered) reached.push('slots offered');
  if (result.escalated > 0) reached.push('escalated');
  return reached.length === 0 ? 'STUCK' : reached.join(', ');
}

const results: Result[] = [];
const house = flags.runtime ? await startRuntime() : inMemory;
for (const path of positionals) {
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    if (line.trim() === '') continue;
    const row: unknown = JSON.parse(line);
    const conversation = recorded.safeParse(row);
    if (flags.verbose) console.log(`== ${(row as { id?: string }).id ?? ''}`);
    const result = conversation.success
      ? await replayRecorded(house, conversation.data)
      : await replayPersona(house, persona.parse(row));
    results.push(result);
    console.log(
      `${result.id.padEnd(30)} ${result.scenario.padEnd(22)} ${String(result.turns).padStart(2)} turns  ${verdictOf(result)}${result.misunderstood > 0 ? `, ${result.misunderstood} not understood` : ''}${result.repeated > 0 ? `, ${result.repeated} REPEATED` : ''}`,
    );
  }
}

await house.close();

const count = (holds: (result: Result) => boolean): string => {
  const number = results.filter(holds).length;
  return `${number}/${results.length}`;
};
const sum = (of: (result: Result) => number): number => results.reduce((total, result) => total + of(result), 0);
console.log(`
booked in its own lines     ${count((result) => result.booked === 'in its own lines')}
booked, willing customer    ${count((result) => result.booked === 'with a willing customer')}
free slots offered          ${count((result) => result.offered)}
questions answered          ${sum((result) => result.answered)}/${sum((result) => result.asked)}
escalated                   ${count((result) => result.escalated > 0)}
stuck                       ${count((result) => verdictOf(result) === 'STUCK')}
not understood              ${sum((result) => result.misunderstood)} of ${sum((result) => result.turns)} turns
repeated questions          ${sum((result) => result.repeated)}`);
