import { globSync } from 'node:fs';
import { join } from 'node:path';
import type { LanguageModelV4CallOptions } from '@ai-sdk/provider';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { partOfDataUrl } from '../src/http/message-parts.ts';
import type { Permission } from '../src/identity/permissions.ts';
import { download, pixel, upload } from './artifact-client.ts';
import { clerk, clumsy, porter } from './parts-agent.ts';
import { type Line, type ScriptedModel, scriptedModel } from './scripted-model.ts';
import { freshStoreEnvironment, storeKinds } from './stores.ts';
import { startTimonel, type TestTimonel, type TurnBody } from './timonel.ts';

type Shown = { role: string; content: { type: string; text?: string; mediaType?: string; data?: { data: Uint8Array } }[] }[];

describe.each(storeKinds)('messages of parts (%s)', (kind) => {
  let timonel: TestTimonel;
  let model: ScriptedModel;
  let remove: () => Promise<void>;
  let script: Line[] = [];
  beforeAll(async () => {
    model = scriptedModel(() => script.shift() ?? 'Bien.');
    const fresh = await freshStoreEnvironment(kind);
    remove = fresh.remove;
    const project = {
      agents: [clerk, { ...clerk, name: 'blind', model: 'blind' }, clumsy, porter],
      models: { blind: model, seeing: model },
      routes: {
        default: { targets: [{ model: 'project/blind' }, { model: 'project/seeing', media: ['image' as const, 'pdf' as const] }] },
        // Nothing is behind it, so that the flows serve.
        none: { targets: [{ model: 'ollama/nothing' }] },
      },
    };
    const folder = join(fresh.environment['TIMONEL_HOME'] ?? '', 'artifacts');
    timonel = await startTimonel(kind, project, {
      environment: { ...fresh.environment, TIMONEL_ARTIFACT_FOLDER: folder, TIMONEL_POOL_SIZE: '3' },
    });
  });
  afterAll(async () => {
    await timonel.close();
    await remove();
  });

  const send = <T = TurnBody>(conversation: string, parts: object[], headers: Record<string, string> = {}) =>
    timonel.call<T & { code?: string; detail?: string; takes?: string[] }>(
      'POST',
      `/api/v1/conversations/${conversation}/messages`,
      { parts },
      headers,
    );
  const filed = async (data: Uint8Array<ArrayBuffer> | string, name: string, conversation?: string) =>
    (await upload(timonel, { data, name, ...(conversation === undefined ? {} : { query: `?conversation=${conversation}` }) })).body;
  const stored = () => globSync('artifacts/default/*/*', { cwd: timonel.environment['TIMONEL_HOME'] ?? '' });
  const lastAsked = () => model.asked.at(-1) as LanguageModelV4CallOptions;
  const shown = () => (lastAsked().prompt as unknown as Shown).filter(({ role }) => role === 'user');

  it('shows a picture to a model that takes it, in this turn and in later ones', async () => {
    const conversation = await timonel.converse('clerk');
    const picture = await filed(Uint8Array.from(pixel), 'foto.png');
    const turn = await send(conversation, [
      { type: 'text', text: '¿Qué es?' },
      { type: 'image', artifact: picture.id },
      { type: 'location', latitude: -31.42, longitude: -64.18, name: 'Córdoba' },
    ]);
    expect([turn.status, turn.body.run.outcome, turn.body.run.degraded]).toEqual([200, 'replied', false]);
    const content = shown()[0]?.content ?? [];
    expect(content.map(({ type, text }) => text ?? type)).toEqual([
      '¿Qué es?',
      `[image "foto.png", image/png, ${pixel.length} bytes, artifact ${picture.id}]`,
      'file',
      '[location -31.42, -64.18 "Córdoba"]',
    ]);
    expect(Buffer.from(content[2]?.data?.data ?? []).equals(pixel)).toBe(true);
    await timonel.say(conversation, '¿Y de qué color?');
    expect(shown()[0]?.content.map(({ type }) => type)).toEqual(['text', 'text', 'file', 'text']);
    const view = await timonel.call<{ messages: object[] }>('GET', `/api/v1/conversations/${conversation}`);
    expect(view.body.messages[0]).toMatchObject({
      text: '¿Qué es?',
      parts: [
        { type: 'text', text: '¿Qué es?' },
        { type: 'image', artifact: picture.id, name: 'foto.png', mediaType: 'image/png', bytes: pixel.length },
        { type: 'location', latitude: -31.42, longitude: -64.18, name: 'Córdoba' },
      ],
    });
    expect(view.body.messages[2]).toMatchObject({ text: '¿Y de qué color?', parts: null });
  });

  it('gives a model a text file as text, and a PDF as it is', async () => {
    const conversation = await timonel.converse('clerk');
    const table = await filed('a;b\n1;2\n', 'tabla.csv', conversation);
    const pdf = await filed('%PDF-1.7\n%', 'contrato.pdf', conversation);
    expect(
      (
        await send(
          conversation,
          [table, pdf].map(({ id }) => ({ type: 'file', artifact: id })),
        )
      ).status,
    ).toBe(200);
    const content = shown()[0]?.content ?? [];
    expect(content[0]?.text).toMatch(/^\[file "tabla.csv"[^\n]+\]\na;b\n1;2\n$/);
    expect(content[2]).toMatchObject({ type: 'file', mediaType: 'application/pdf' });
  });

  it('refuses what nobody would look at, says what is taken, and stores nothing', async () => {
    const conversation = await timonel.converse('blind');
    const picture = await filed(Uint8Array.from(pixel), 'foto.png', conversation);
    const asked = model.asked.length;
    const refused = await send(conversation, [{ type: 'image', artifact: picture.id }]);
    expect(refused).toMatchObject({
      status: 422,
      body: { code: 'part_unsupported', takes: ['text', 'text files', 'locations'], detail: expect.stringContaining('"foto.png"') },
    });
    const audio = await filed(
      Buffer.from('OggS\0\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\x13OpusHead'),
      'nota.ogg',
      conversation,
    );
    expect(audio.mediaType).toMatch(/^audio\//);
    expect(await send(conversation, [{ type: 'audio', artifact: audio.id }])).toMatchObject({ body: { code: 'part_unsupported' } });
    const view = await timonel.call<{ messages: object[] }>('GET', `/api/v1/conversations/${conversation}`);
    expect([view.body.messages, model.asked.length]).toEqual([[], asked]);
  });

  it.each([
    ['no parts', []],
    ['a text of spaces', [{ type: 'text', text: '  ' }]],
    ['a place that is none', [{ type: 'location', latitude: 91, longitude: 0 }]],
    ['a part without a kind', [{ artifact: crypto.randomUUID() }]],
    ['too many parts', Array.from({ length: 21 }, () => ({ type: 'text', text: 'x' }))],
  ])('refuses %s', async (_what, parts) => {
    const conversation = await timonel.converse('clerk');
    expect([400, 422]).toContain((await send(conversation, parts)).status);
  });

  it('refuses an artifact that is not there, is of another conversation or person, or is not what the part says', async () => {
    const [conversation, other] = [await timonel.converse('clerk'), await timonel.converse('clerk')];
    const foreign = await filed(Uint8Array.from(pixel), 'foto.png', other);
    const made = await timonel.call<{ apiKey: string }>('POST', '/api/v1/api-keys', { name: 'x', scopes: ['conversations:write'] });
    const theirs = await upload(timonel, { data: 'x', headers: { authorization: `Bearer ${made.body.apiKey}` } });
    for (const artifact of [crypto.randomUUID(), foreign.id, theirs.body.id])
      expect(await send(conversation, [{ type: 'file', artifact }])).toMatchObject({
        status: 404,
        body: { code: 'artifact_not_found' },
      });
    const pdf = await filed('%PDF-1.7\n%', 'foto.png', conversation);
    expect(await send(conversation, [{ type: 'image', artifact: pdf.id }])).toMatchObject({
      status: 422,
      body: { code: 'message_invalid', detail: expect.stringContaining('{"type":"file"') },
    });
  });

  it('takes the same parts under one idempotency key once, and refuses others', async () => {
    const conversation = await timonel.converse('clerk');
    const picture = await filed(Uint8Array.from(pixel), 'foto.png', conversation);
    const parts = [{ type: 'image', artifact: picture.id }];
    const key = { 'idempotency-key': 'one' };
    const first = await send(conversation, parts, key);
    expect((await send(conversation, parts, key)).body.run.id).toBe(first.body.run.id);
    expect(await send(conversation, [...parts, ...parts], key)).toMatchObject({ body: { code: 'idempotency_key_reused' } });
  });

  it.each([10, 5_000])('sends what a tool made with the reply, and lets its link be used (%d lines)', async (lines) => {
    const conversation = await timonel.converse('clerk');
    script = [{ calls: [{ tool: 'make_report', args: { lines } }] }, 'Acá está.'];
    const turn = await timonel.say(conversation, 'El informe, por favor.');
    const [part] = (turn.reply as { parts?: { artifact: string; bytes: number }[] }).parts ?? [];
    expect(part).toMatchObject({ type: 'file', name: 'report.csv', mediaType: 'text/csv' });
    const content = await download(timonel, `/api/v1/artifacts/${part?.artifact}/content`);
    expect([content.status, content.bytes.length]).toEqual([200, part?.bytes]);
    const again = await timonel.call<{ reply: object }>('GET', `/api/v1/runs/${turn.run.id}`);
    expect(again.body.reply).toEqual(turn.reply);
    const output = JSON.stringify(lastAsked().prompt);
    const [url = ''] = /http:[^"\\]*\/api\/v1\/shared\/[\w-]+/.exec(output) ?? [];
    expect((await download(timonel, url, { authorization: undefined })).bytes.length).toBe(part?.bytes);
  });

  it.each([10, 5_000])('keeps nothing of a tool whose transaction was undone (%d lines)', async (lines) => {
    const { store, artifacts } = timonel.timonel;
    const before = stored().length;
    const conversation = await timonel.converse('clerk');
    script = [{ calls: [{ tool: 'make_report', args: { lines, fail: true } }] }, 'No pude.'];
    const turn = await timonel.say(conversation, 'El informe, por favor.');
    expect(turn.reply).toEqual({ text: 'No pude.' });
    expect(await store.pool.executeText('SELECT FROM artifacts WHERE conversation_id = $1', [conversation])).toEqual([]);
    expect(stored()).toHaveLength(before + (lines > 1_000 ? 1 : 0));
    // The job, an hour later.
    await artifacts.sweep();
    await store.pool.executeText('UPDATE artifact_leftovers SET due_at = now()');
    await artifacts.sweep();
    expect(stored()).toHaveLength(before);
  });

  it('lets more tools store large files at once than there are connections', async () => {
    const conversations = await Promise.all(Array.from({ length: 8 }, () => timonel.converse('clerk')));
    script = [
      ...conversations.map(() => ({ calls: [{ tool: 'make_report', args: { lines: 5_000 } }] })),
      ...conversations.map(() => 'Ya.'),
    ];
    const turns = await Promise.all(conversations.map((conversation) => timonel.say(conversation, 'El informe.')));
    expect(turns.map(({ reply }) => (reply as { parts?: object[] }).parts?.length)).toEqual(conversations.map(() => 1));
  });

  it('ends a turn without a file whose tool fails to name it', async () => {
    const conversation = await timonel.converse('clumsy');
    script = [{ calls: [{ tool: 'make_report', args: { lines: 1 } }] }, 'Ya.'];
    const turn = await timonel.say(conversation, 'El informe.');
    expect([turn.run.outcome, turn.reply]).toEqual(['replied', { text: 'Ya.' }]);
  });

  it('lets an upload last as long as its conversation once a message names it, or until the expiry that its sender gave', async () => {
    const conversation = await timonel.converse('clerk');
    const [lasting, short] = [
      await upload(timonel, { data: Uint8Array.from(pixel) }),
      await upload(timonel, {
        data: Uint8Array.from(pixel),
        query: `?expiresAt=${new Date(Date.now() + 3_600_000).toISOString()}`,
      }),
    ];
    expect(lasting.body.expiresAt).toBeDefined();
    await send(
      conversation,
      [lasting, short].map(({ body }) => ({ type: 'image', artifact: body.id })),
    );
    const [one, two] = await Promise.all(
      [lasting, short].map(({ body }) => timonel.call<{ expiresAt?: string }>('GET', `/api/v1/artifacts/${body.id}`)),
    );
    expect(one?.body.expiresAt).toBeUndefined();
    expect(two?.body.expiresAt).toBe(short.body.expiresAt);
  });

  it('makes an artifact of a picture that comes as a data: address, and fetches no other', async () => {
    const conversation = await timonel.converse('clerk');
    const { artifacts } = timonel.timonel;
    const principal = {
      kind: 'api-key',
      id: crypto.randomUUID(),
      workspaceId: 'default',
      name: 'x',
      role: null,
      permissions: new Set<Permission>(),
    } as const;
    const url = `data:image/jpeg;base64,${pixel.toString('base64')}`;
    const part = await partOfDataUrl(artifacts, principal, conversation, { url });
    expect(part).toMatchObject({ type: 'image', name: 'file.png', mediaType: 'image/png', bytes: pixel.length });
    for (const other of ['http://127.0.0.1/a.png', 'data:,x', 'file:///etc/passwd'])
      await expect(partOfDataUrl(artifacts, principal, conversation, { url: other })).rejects.toMatchObject({
        code: 'invalid_request',
      });
  });

  it('lets a tool read the files of its conversation, and no others', async () => {
    const [conversation, other] = [await timonel.converse('clerk'), await timonel.converse('clerk')];
    const own = await filed('hola', 'a.txt', conversation);
    const foreign = await filed('hola', 'b.txt', other);
    for (const [id, kindOfAnswer] of [
      [own.id, 'read'],
      [foreign.id, 'not-found'],
      ["' OR 1=1 --", 'not-found'],
    ] as const) {
      script = [{ calls: [{ tool: 'read_file', args: { id } }] }, 'Ya.'];
      await timonel.say(conversation, 'Leelo.');
      expect(JSON.stringify(lastAsked().prompt.at(-1))).toContain(`"kind":"${kindOfAnswer}"`);
    }
  });

  it('submits a message whose run failed again with its parts', async () => {
    const conversation = await timonel.converse('clerk');
    const picture = await filed(Uint8Array.from(pixel), 'foto.png');
    script = [new Error('No answer.'), new Error('No answer.'), new Error('No answer.'), new Error('No answer.')];
    const failed = await send(conversation, [{ type: 'image', artifact: picture.id }]);
    expect(failed.body.run.outcome).toBe('failed');
    script = [];
    const again = await timonel.call<TurnBody>('POST', `/api/v1/runs/${failed.body.run.id}/resubmit`);
    expect(again.status).toBe(202);
    const { messages } = (
      await timonel.call<{ messages: { turn: number; role: string; parts: object[] | null }[] }>(
        'GET',
        `/api/v1/conversations/${conversation}`,
      )
    ).body;
    expect(messages.filter(({ role }) => role === 'user').map(({ parts }) => parts)).toMatchObject([
      [{ artifact: picture.id }],
      [{ artifact: picture.id }],
    ]);
  });

  it('gives flows the parts that their agent declares, and takes parts with their reply', async () => {
    const conversation = await timonel.converse('porter');
    const picture = await filed(Uint8Array.from(pixel), 'foto.png', conversation);
    const turn = await send(conversation, [{ type: 'image', artifact: picture.id }]);
    expect(turn.body.reply).toMatchObject({
      text: `|image|[{"kind":"read","name":"foto.png","mediaType":"image/png","bytes":${pixel.length}}]`,
      parts: [
        { type: 'image', artifact: picture.id },
        { type: 'location', latitude: -31.4 },
      ],
    });
  });
});
