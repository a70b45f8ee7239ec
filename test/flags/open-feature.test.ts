import { type Hook, InMemoryProvider, OpenFeature, ProviderEvents } from '@openfeature/server-sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineAgent, defineTool } from '../../src/index.ts';
import { newWorkspace } from '../new-workspace.ts';
import { notes } from '../notes-agent.ts';
import { type Line, scriptedModel } from '../scripted-model.ts';
import { startTimonel, type TestTimonel } from '../timonel.ts';

const flag = (value: boolean) => ({ type: 'boolean', variants: { on: true, off: false }, defaultVariant: value ? 'on' : 'off' });

const put = (at: TestTimonel, key: string, body: object) => at.call('PUT', `/api/v1/flags/${key}`, body);

const greet = defineTool({
  name: 'greet',
  description: 'Greets.',
  input: z.object({}),
  effect: 'read',
  async execute(_input, { flags }) {
    const { value, reason, flagMetadata } = await flags.getStringDetails('greeting', 'Good day');
    return { value, reason: reason ?? null, why: flagMetadata['why'] ?? null };
  },
});
const greeter = defineAgent({
  name: 'greeter',
  version: '1.0.0',
  description: 'Greets.',
  prompt: 'You greet.',
  tools: [greet],
  policy: [],
});

describe('flags to tools', () => {
  it('are those of the workspace, for the conversation, the channel and the agent of the turn', async () => {
    const script: Line[] = [];
    const at = await startTimonel('embedded', {
      agents: [greeter],
      models: { default: scriptedModel(() => script.shift() ?? 'Hecho.') },
    });
    try {
      const begin = async (channel: string) =>
        (await at.call<{ id: string }>('POST', '/api/v1/conversations', { agent: 'greeter', channel })).body.id;
      const greeting = async (conversation: string) => {
        script.push({ calls: [{ tool: 'greet', args: {} }] });
        const { run } = await at.say(conversation, 'Hola');
        const steps = await at.timonel.views.steps('default', run.id, -1);
        return steps.flatMap(({ step }) => (step.kind === 'tool-call' ? [step.record.output] : []))[0];
      };
      const [api, whatsapp] = [await begin('api'), await begin('whatsapp')];
      expect(await greeting(api)).toEqual({ value: 'Good day', reason: 'ERROR', why: null });
      const rules = [
        {
          when: [
            { attribute: 'channel', in: ['whatsapp'] },
            { attribute: 'agent', in: ['greeter'] },
            { attribute: 'workspace', in: ['default'] },
          ],
          variant: 'es',
        },
        { when: [{ attribute: 'targetingKey', in: [api] }], variant: 'en' },
      ];
      await put(at, 'greeting', { type: 'string', variants: { es: 'Hola', en: 'Hello', none: '' }, defaultVariant: 'none', rules });
      expect(await greeting(whatsapp)).toEqual({
        value: 'Hola',
        reason: 'TARGETING_MATCH',
        why: expect.stringContaining('channel, agent, workspace'),
      });
      expect(await greeting(api)).toMatchObject({ value: 'Hello' });
      expect(await greeting(await begin('api'))).toMatchObject({ value: '', reason: 'DEFAULT' });
    } finally {
      await at.close();
    }
  });
});

describe('flags to code in the process, through OpenFeature', () => {
  let one: TestTimonel;
  let two: TestTimonel;
  beforeAll(async () => {
    // The program around them has a provider of its own.
    const theirs = new InMemoryProvider({ own: { variants: { on: true, off: false }, defaultVariant: 'on', disabled: false } });
    await OpenFeature.setProviderAndWait(theirs);
    [one, two] = await Promise.all([startTimonel('embedded', { agents: [notes] }), startTimonel('embedded', { agents: [notes] })]);
  });
  afterAll(async () => {
    await one.close();
    await two.close();
    await OpenFeature.clearProviders();
  });
  const clientOf = (at: TestTimonel) => at.timonel.flags.providers.client('default');

  it('keeps several Timonels of one process apart, and the provider of the program around them as it is', async () => {
    await put(one, 'new-menu', flag(true));
    await put(two, 'new-menu', flag(false));
    const ask = () => Promise.all([one, two].map((at) => clientOf(at).getBooleanValue('new-menu', false)));
    expect(await ask()).toEqual([true, false]);
    expect(await clientOf(one).getBooleanDetails('own', false)).toMatchObject({ value: false, errorCode: 'FLAG_NOT_FOUND' });
    expect(await OpenFeature.getClient().getBooleanValue('own', false)).toBe(true);
    expect(await OpenFeature.getClient().getBooleanDetails('new-menu', true)).toMatchObject({ errorCode: 'FLAG_NOT_FOUND' });
  });

  it('answers each type as what it is, with details, hooks, and the context that was set around it', async () => {
    await put(one, 'size', { type: 'number', variants: { s: 1.5 }, defaultVariant: 's' });
    await put(one, 'look', { type: 'object', variants: { plain: { columns: 1 } }, defaultVariant: 'plain' });
    const rules = [{ when: [{ attribute: 'country', in: ['AR'] }], variant: 'es' }];
    await put(one, 'greeting', { type: 'string', variants: { es: 'Hola', en: 'Hello' }, defaultVariant: 'en', rules });
    const client = clientOf(one).setContext({ country: 'AR' });
    const seen: unknown[] = [];
    const hook: Hook = { after: ({ flagKey }, { reason }) => void seen.push([flagKey, reason]) };
    client.addHooks(hook);
    expect(await client.getNumberValue('size', 0)).toBe(1.5);
    expect(await client.getObjectValue('look', {})).toEqual({ columns: 1 });
    expect(await client.getStringDetails('greeting', '')).toMatchObject({
      value: 'Hola',
      variant: 'es',
      reason: 'TARGETING_MATCH',
      flagMetadata: { version: 1, rule: 1, why: expect.stringContaining('country') },
    });
    expect(await client.getNumberDetails('greeting', 7)).toMatchObject({ value: 7, reason: 'ERROR', errorCode: 'TYPE_MISMATCH' });
    expect(seen).toEqual([
      ['size', 'STATIC'],
      ['look', 'STATIC'],
      ['greeting', 'TARGETING_MATCH'],
    ]);
  });

  it('tells of changes, once each and in the workspace of the change only', async () => {
    await newWorkspace(two, 'other');
    const told: unknown[] = [];
    const other = two.timonel.flags.providers.client('other');
    clientOf(two).addHandler(ProviderEvents.ConfigurationChanged, (event) => void told.push(event?.flagsChanged));
    other.addHandler(ProviderEvents.ConfigurationChanged, () => void told.push('other'));
    await put(two, 'told', flag(true));
    await two.timonel.flags.table.read();
    await two.call('DELETE', '/api/v1/flags/told');
    expect(told).toEqual([['told'], ['told']]);
  });

  it('goes on deciding when the program around it clears all providers, and lets go of them when it is closed', async () => {
    const { providers } = one.timonel.flags;
    await put(one, 'kept', flag(true));
    const gone = await startTimonel('embedded', { agents: [notes] });
    const client = clientOf(gone);
    await put(gone, 'gone', flag(true));
    expect(await client.getBooleanValue('gone', false)).toBe(true);
    await gone.close();
    expect(await client.getBooleanDetails('gone', false)).toMatchObject({ value: false });
    expect(client.metadata.providerMetadata.name).toBe('No-op Provider');
    await OpenFeature.clearProviders();
    expect(providers.of('default').resolve('kept', false, {}).value).toBe(true);
    expect(await clientOf(two).getBooleanDetails('new-menu', true)).toMatchObject({ value: false, reason: 'STATIC' });
  });
});
