/** A Timonel with an agent whose versions differ in what their prompt makes a scripted model do. */
import { expect } from 'vitest';
import type { Assignment } from '../src/release/release.ts';
import { safeNotes } from './notes-agent.ts';
import { type Line, scriptedModel } from './scripted-model.ts';
import type { StoreKind } from './stores.ts';
import { startTimonel, type TestTimonel } from './timonel.ts';

/** What the model of these tests answers, by the prompt that it is given: versions of the agent differ in that. */
function answer(system: string, text: string): Line {
  if (text.startsWith('Guardá')) return { calls: [{ tool: 'add_note', args: { text: text.slice('Guardá: '.length) } }] };
  if (system.includes('EAGER')) return { calls: [{ tool: 'add_note', args: { text: 'Nobody asked.' } }] };
  if (system.includes('BROKEN')) return { calls: Array.from({ length: 3 }, () => ({ tool: 'list_notes', args: {} })) };
  if (system.includes('UNSAFE')) return { calls: [{ tool: 'add_note', args: { text: 'password: 1234' } }] };
  return system.includes('POLITE') ? 'Muy bien, gracias.' : 'Bien.';
}

// biome-ignore lint/suspicious/noExplicitAny: bodies of the API, asserted on
export type Body = any;

/** @param options `environment`: an existing store's; `project` and overrides go to the Timonel. */
export async function startReleases(kind: StoreKind, options: Parameters<typeof startTimonel>[2] & { project?: object } = {}) {
  const { project = {}, ...rest } = options;
  const model = scriptedModel(({ prompt }) => {
    if (prompt.at(-1)?.role === 'tool') return 'Hecho.';
    const said = prompt.at(-1)?.content;
    const [part] = Array.isArray(said) ? said : [];
    return answer(String(prompt[0]?.content), part?.type === 'text' ? part.text : '');
  });
  const timonel: TestTimonel = await startTimonel(kind, { agents: [safeNotes], models: { default: model }, ...project }, rest);
  const post = (path: string, body: object = {}, headers = {}) => timonel.call<Body>('POST', path, body, headers);
  const release = async (changes: object, plan: object = {}) => {
    // A busy machine is not the canary's fault.
    const made = await post('/api/v1/releases', { agent: 'notes', changes, plan: { slowAfterMs: 600_000, ...plan } });
    expect(made).toMatchObject({ status: 201, body: { status: 'draft', percentage: 0 } });
    const begun = await post(`/api/v1/releases/${made.body.id}/start`);
    expect(begun).toMatchObject({ status: 200, body: { status: 'running' } });
    return begun.body;
  };
  const meet = async (person: number) => {
    const contact = { phone: `+54 9 351 ${String(2_000_000 + person)}` };
    const { body } = await post('/api/v1/conversations', { agent: 'notes', contact });
    return body as Assignment & { id: string };
  };
  /** Begins a conversation with each person and says something. */
  const talk = async (people: number, from = 0) => {
    const met: (Assignment & { id: string })[] = [];
    for (let person = from; person < from + people; person += 20) {
      const some = await Promise.all(
        Array.from({ length: Math.min(20, from + people - person) }, (_, index) => meet(person + index)),
      );
      await Promise.all(some.map(({ id }) => timonel.say(id, 'Hola')));
      met.push(...some);
    }
    return met;
  };
  const look = () => timonel.timonel.releases.watch.look();
  const show = async (id: string) => (await timonel.call<Body>('GET', `/api/v1/releases/${id}`)).body;
  const history = async (id: string) =>
    ((await timonel.call<Body>('GET', `/api/v1/releases/${id}/history`)).body.entries as Body[]).map(({ action }) => action);
  return { ...timonel, model, post, release, meet, talk, look, show, history };
}
