import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTimonel, testClock } from 'timonel/testing';
import { libraryDialogue } from './agent.ts';

/** Says lines one after the other and answers the replies. */
async function talk(...lines: string[]): Promise<string[]> {
  const clock = testClock('2026-03-02T12:00:00Z'); // a Monday
  await using timonel = await startTimonel({ agents: [libraryDialogue] }, { now: clock.now });
  const conversation = await timonel.converse('library-dialogue');
  const replies: string[] = [];
  for (const line of lines) replies.push((await timonel.say(conversation, line)).reply.text);
  return replies;
}

test('asks for what is missing and renews on a yes', async () => {
  assert.deepEqual(await talk('hola, quiero renovar Rayuela', '10001', 'sí, dale'), [
    '¡Hola! ¿Cuál es el número de tu carnet?',
    'Renuevo «Rayuela» con el carnet 10001. ¿Lo confirmo?',
    'Listo, lo tenés hasta el 2026-03-23.',
  ]);
});

test('takes several facts and a question from one message, and a correction before the yes', async () => {
  const lines = ['Keep Fictions for me on Friday, I am Ana Gil. When do you open?', 'make it Thursday instead', 'yes please'];
  assert.deepEqual(await talk(...lines), [
    'We are open from 09:00 to 20:00. I keep "Ficciones" for Ana Gil, Friday, March 6. Shall I confirm it?',
    'I keep "Ficciones" for Ana Gil, Thursday, March 5. Shall I confirm it?',
    'Done! See you then.',
  ]);
});

test('asks in other words what was not understood, then calls a librarian', async () => {
  const [, again, called] = await talk('quiero renovar un libro', 'asdf qwer', 'zxcv poiu');
  assert.match(again ?? '', /Decime el título/);
  assert.match(called ?? '', /persona/);
});
