/** What editors ask beside what the terminal does: where their texts are, the texts of a change, and which commands there are. */
import { z } from 'zod';
import { type AnyRoute, defineRoute } from '../../src/index.ts';
import { changeOfKey, loadImages } from './changes.ts';
import { textOf } from './edit-tools.ts';
import { slashCommands } from './flows/commands.ts';
import type { CoderProject } from './project.ts';

const permission = 'coder:use';
const ofSession = z.object({ conversation: z.uuid() });
export const changedTexts = z.array(z.object({ path: z.string(), before: z.string().nullable(), after: z.string().nullable() }));

export function editorRoutesOf(project: CoderProject): readonly AnyRoute[] {
  const connect = defineRoute({
    method: 'PUT',
    path: '/sessions/:conversation/editor',
    summary: 'Connect a session with an editor on this machine: what is not saved there is what is read and edited',
    permission,
    params: ofSession,
    body: z.strictObject({
      port: z.number().int().min(1).max(65_535),
      key: z.string().regex(/^[\w-]{32,200}$/),
      writes: z.boolean(),
    }),
    answer: z.object({ connected: z.boolean() }),
    async handle({ params: { conversation }, body }, context) {
      await project.connectEditor(context, conversation, body);
      return { connected: true };
    },
  });

  const disconnect = defineRoute({
    method: 'DELETE',
    path: '/sessions/:conversation/editor',
    summary: 'The editor of a session was closed',
    permission,
    params: ofSession,
    answer: z.object({ connected: z.boolean() }),
    async handle({ params: { conversation } }, context) {
      await project.connectEditor(context, conversation, undefined);
      return { connected: false };
    },
  });

  const texts = defineRoute({
    method: 'GET',
    path: '/sessions/:conversation/texts',
    summary: 'The texts of the files that a call changed, before and after',
    permission,
    params: ofSession,
    query: z.object({ run: z.uuid(), call: z.string().min(1).max(200) }),
    answer: z.object({ files: changedTexts }),
    async handle({ params: { conversation }, query: { run, call } }, { workspaceId, query }) {
      return query(async (database) => {
        const change = await changeOfKey(database, workspaceId, `${run}:${call}`);
        if (change === undefined || change.conversationId !== conversation) return { files: [] };
        const hashes = change.files.flatMap(({ before, after }) => [before, after].filter((each) => each !== undefined));
        const images = await loadImages(database, workspaceId, hashes);
        const text = (hash: string | undefined) => (hash === undefined ? null : textOf(images.get(hash)));
        return { files: change.files.map(({ path, before, after }) => ({ path, before: text(before), after: text(after) })) };
      });
    },
  });

  const commands = defineRoute({
    method: 'GET',
    path: '/slash-commands',
    summary: 'Commands that begin with a slash, as a message takes them',
    permission,
    answer: z.object({
      commands: z.array(z.object({ name: z.string(), usage: z.string(), es: z.string(), en: z.string() })),
    }),
    async handle() {
      return { commands: Object.entries(slashCommands).map(([name, { usage, what }]) => ({ name, usage, ...what })) };
    },
  });
  return [connect, disconnect, texts, commands];
}
