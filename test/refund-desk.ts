/** An agent whose one tool writes outside and takes its time, so that a client that repeats a request shows in what happened outside. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { LanguageModelV4CallOptions } from '@ai-sdk/provider';
import { z } from 'zod';
import { type AgentDefinition, defineAgent, defineTool } from '../src/index.ts';
import { type ScriptedModel, scriptedModel } from './scripted-model.ts';

export interface RefundDesk {
  agent: AgentDefinition;
  model: ScriptedModel;
  /** What was refunded, by what the customer said. */
  refunds: string[];
  /** How long a refund takes, in milliseconds. */
  takes: number;
}

export const refunded = 'Te devolví el dinero.';

export function refundDesk(): RefundDesk {
  const desk: RefundDesk = {
    agent: defineAgent({
      name: 'desk',
      version: '1.0.0',
      description: 'Refunds.',
      prompt: 'You refund.',
      policy: [],
      tools: [
        defineTool({
          name: 'refund',
          description: 'Refunds.',
          input: z.object({ what: z.string() }),
          effect: 'write',
          target: 'outside',
          async execute({ what }) {
            desk.refunds.push(what);
            await sleep(desk.takes);
            return { ok: true };
          },
        }),
      ],
    }),
    // Only what asks for it is refunded; everything else is answered at once.
    model: scriptedModel(({ prompt }) => {
      const last = prompt.at(-1);
      if (last?.role === 'tool') return refunded;
      const said = textOf(last);
      return said.startsWith('Devolvé') ? { calls: [{ tool: 'refund', args: { what: said } }] } : `Dijiste: ${said}`;
    }),
    refunds: [],
    takes: 0,
  };
  return desk;
}

function textOf(message: LanguageModelV4CallOptions['prompt'][number] | undefined): string {
  return message?.role === 'user' ? (message.content.flatMap((part) => (part.type === 'text' ? [part.text] : []))[0] ?? '') : '';
}
