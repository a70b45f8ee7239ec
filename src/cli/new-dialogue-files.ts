import type { NamedAgent } from './new-blank-files.ts';
import { toolsFiles } from './new-tools-files.ts';

/** The agent that `timonel new agent` writes, with flows that are a dialogue of slots and tasks. */
export function dialogueFiles(named: NamedAgent): Record<string, string> {
  const { name, variable } = named;
  return {
    ...toolsFiles(named),
    'flows.ts': `import { ask, defineDialogue, defineDomain, tell, text } from 'timonel/dialogue';

/** What messages mean: a weight and a pattern for each thing that people want. docs/guides/dialogue.md has the whole of it. */
const orders = defineDomain({
  intents: ['status', 'cancel'],
  wishes: ['cancel'],
  cues: {
    es: { status: ['5 donde|estado|cuando .. pedido|llega|esta', '1.6 <number>'], cancel: ['5 cancel*|anul*'] },
    en: { status: ['5 where|when|status|track', '1.6 <number>'], cancel: ['5 cancel*'] },
  },
  kinds: {},
});

type Found = { kind: string; state?: string };
const unknown = { es: 'No encuentro ese pedido.', en: 'I cannot find that order.' };

/** What the agent does without a model. */
export const flows = defineDialogue({
  domain: orders,
  slots: {
    order: text({
      pattern: /\\b\\d{4}\\b/,
      longest: 4,
      ask: { es: '¿Cuál es el número de tu pedido?', en: 'What is your order number?' },
      again: { es: 'Son cuatro números; por ejemplo «1001».', en: 'It has four digits, for example "1001".' },
    }),
  },
  tasks: {
    status: {
      needs: ['order'],
      *run({ say: { language } }, { order }) {
        const found = yield* ask<Found>('find_order', { order });
        if (found.kind !== 'found') return tell(unknown[language]);
        return tell(language === 'es' ? \`Tu pedido está: \${found.state}.\` : \`Your order is \${found.state}.\`);
      },
    },
    cancel: {
      needs: ['order'],
      confirm: { es: ({ order }) => \`Cancelo el pedido \${order}. ¿Lo confirmo?\`, en: ({ order }) => \`I cancel order \${order}. Shall I confirm it?\` },
      *run({ say: { language } }, { order }) {
        const found = yield* ask<Found>('find_order', { order });
        if (found.kind !== 'found') return tell(unknown[language]);
        yield* ask('cancel_order', { order });
        return tell(language === 'es' ? 'Listo, está cancelado.' : 'Done, it is cancelled.');
      },
    },
  },
});
`,
    [`${name}.test.ts`]: `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTimonel } from 'timonel/testing';
import { ${variable} } from './agent.ts';

/** Says lines one after the other and answers the replies. */
async function talk(...lines: string[]): Promise<string[]> {
  await using timonel = await startTimonel({ agents: [${variable}] });
  const conversation = await timonel.converse('${name}');
  const replies: string[] = [];
  for (const line of lines) replies.push((await timonel.say(conversation, line)).reply.text);
  return replies;
}

test('asks for the number and looks up the order', async () => {
  assert.deepEqual(await talk('Where is my order?', '1001'), ['What is your order number?', 'Your order is shipped.']);
});

test('cancels on a yes, and says why it cannot', async () => {
  assert.deepEqual(await talk('quiero cancelar el pedido 1002', 'sí'), ['Cancelo el pedido 1002. ¿Lo confirmo?', 'Listo, está cancelado.']);
  const [, refused] = await talk('cancel 1001 please', 'yes');
  assert.match(refused ?? '', /cannot be cancelled/);
});
`,
  };
}
