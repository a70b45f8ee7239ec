import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { scriptedModel, startTimonel, testClock } from 'timonel/testing';
import { libraryDesk } from './agent.ts';

const postgresUrl = process.env['LIBRARY_POSTGRES_URL'];
const store = postgresUrl === undefined ? {} : { postgresUrl };
const call = (tool: string, args: object) => ({ calls: [{ tool, args }] });

test('has a book brought in three minutes, and shows how far it is', async () => {
  const model = scriptedModel([call('bring_from_stacks', { title: 'Fictions' }), 'It is here.']);
  const clock = testClock('2026-01-05T10:00:00Z');
  await using timonel = await startTimonel({ agents: [libraryDesk], models: { default: model } }, { ...store, now: clock.now });
  const conversation = await timonel.converse('library-desk');
  const path = `/api/v1/conversations/${conversation}/messages`;
  let over = false;
  const reading = timonel.call<string>('POST', path, { text: 'Fictions, from the stacks.' }, { accept: 'text/event-stream' });
  const events = reading.finally(() => {
    over = true;
  });
  // The clock is the test's: three minutes take as long as the process needs to notice.
  while (!over) {
    await wait(250);
    clock.advance(20_000);
  }
  const { body } = await events;
  assert.match(body, /event: call-progressed\ndata: .*"stage":"the book is in the lift"/);
  assert.match(body, /event: run-ended\ndata: .*"outcome":"replied"/);
  assert.match(JSON.stringify(model.asked[1]?.prompt), /"atTheDesk":"Fictions"/);
});

test('looks for three books at once, each in a run of its own', async () => {
  const titles = ['Morel', 'Fictions', 'Hopscotch'];
  // The run that was asked, and the three that it starts, ask the same model.
  const model = scriptedModel(({ prompt }) => {
    const asked = JSON.stringify(prompt);
    const child = /"text":"Find (\w+)"/.exec(asked)?.[1];
    if (child === undefined) return asked.includes('tool-result') ? 'Two of three.' : call('find_several', { titles });
    if (!asked.includes('tool-result')) return call('find_books', { words: child });
    return asked.includes('"titles":[]') ? `We do not have ${child}.` : `We have ${child}.`;
  });
  await using timonel = await startTimonel({ agents: [libraryDesk], models: { default: model } }, store);
  const turn = await timonel.say(await timonel.converse('library-desk'), 'Do you have Morel, Fictions and Hopscotch?');
  assert.equal(turn.reply.text, 'Two of three.');
  const { body } = await timonel.call<{ tree: { children: { key: string; outcome: string }[] } }>(
    'GET',
    `/api/v1/runs/${turn.run.id}?tree`,
  );
  assert.deepEqual(body.tree.children.map(({ key, outcome }) => `${key}: ${outcome}`).sort(), [
    'Fictions: replied',
    'Hopscotch: replied',
    'Morel: replied',
  ]);
  assert.match(JSON.stringify(model.asked.at(-1)?.prompt), /We do not have Hopscotch/);
});

test('reads a file that a reader sent, and answers with one', async () => {
  let artifact = '';
  const model = scriptedModel(({ prompt }) => {
    const asked = JSON.stringify(prompt);
    if (asked.includes('My loans'))
      return asked.includes('loans-10001.csv') ? 'Here they are.' : call('list_loans', { card: '10001' });
    return asked.includes('tool-result') ? 'I read it.' : call('read_wish_list', { artifact });
  });
  await using timonel = await startTimonel({ agents: [libraryDesk], models: { default: model } }, store);
  const conversation = await timonel.converse('library-desk');
  const form = [
    '--file',
    'content-disposition: form-data; name="file"; filename="wishes.txt"',
    'content-type: text/plain',
    '',
    'Fictions\nMorel\n',
    '--file--',
    '',
  ];
  const multipart = { 'content-type': 'multipart/form-data; boundary=file' };
  const upload = `/api/v1/artifacts?conversation=${conversation}`;
  const stored = await timonel.call<{ id: string }>('POST', upload, form.join('\r\n'), multipart);
  assert.equal(stored.status, 201, JSON.stringify(stored.body));
  artifact = stored.body.id;
  const parts = [
    { type: 'text', text: 'My wishes.' },
    { type: 'file', artifact },
  ];
  const read = await timonel.call('POST', `/api/v1/conversations/${conversation}/messages`, { parts });
  assert.equal(read.status, 200, JSON.stringify(read.body));
  assert.match(JSON.stringify(model.asked.at(-1)?.prompt), /"titles":\["Fictions","Morel"\]/);

  const answer = await timonel.say(await timonel.converse('library-desk'), 'My loans, please. 10001.');
  const [file] = answer.reply.parts ?? [];
  assert.ok(file?.type === 'file' && file.mediaType === 'text/csv', JSON.stringify(answer.reply));
  const content = await timonel.call<string>('GET', `/api/v1/artifacts/${file.artifact}/content`);
  assert.match(content.body, /^title,due/);
});
