/** Looks up writes to systems of others that nobody answered, tells the guest once it is known, and a person where it stays unclear. */
import { sql } from '../../src/database.ts';
import { type JobContext, type LocalizedText, TimonelError } from '../../src/index.ts';
import { houseById } from './house.ts';
import { PmsDown } from './pms/contract.ts';
import { nowOf } from './pms/embedded/rows.ts';
import { type ForeignOperation, openOperations, stayById, tellDesk } from './pms/foreign/operations.ts';
import { settle, settleMs } from './pms/foreign/writes.ts';
import type { StayRecord } from './stays.ts';
import { foreignFor, type PmsSystems } from './systems.ts';

/** After so long without an answer a person is told, in milliseconds. */
const patienceMs = 30 * 60_000;

/** Made again every minute. */
export async function reconcileWrites(systems: PmsSystems, context: JobContext): Promise<void> {
  const before = new Date(context.now().getTime() - settleMs);
  const operations = await context.query((database) => openOperations(database, context, before));
  for (const operation of operations) {
    if (context.signal.aborted) return;
    await lookUp(systems, context, operation);
  }
}

async function lookUp(systems: PmsSystems, context: JobContext, operation: ForeignOperation): Promise<void> {
  const [stay, house] = await context.query(async (database) => [
    await stayById(database, context, operation.bookingId),
    await houseById(database, context, operation.hotelId),
  ]);
  if (house === undefined) return;
  try {
    const system = foreignFor(systems, { access: context, house });
    if (system !== undefined) {
      const conversationId = stay.conversationId ?? undefined;
      const place = { access: context, house, conversationId, source: 'agent', offerRef: undefined } as const;
      const { answer, news } = await settle(place, system, operation);
      if (answer.kind !== 'unclear') {
        if (news) await tellGuest(context, stay, operation, answer.kind === 'done');
        return;
      }
    }
  } catch (error) {
    if (!(error instanceof PmsDown)) throw error;
  }
  if (operation.personTold || context.now().getTime() - operation.begun < patienceMs) return;
  await context.query(async (database) => {
    await tellDesk(
      database,
      context,
      stay,
      `${stay.code}: the system does not say whether "${operation.intent.kind}" happened. Look there, and tell the guest.`,
    );
    await database.execute(sql`
      UPDATE hotel_operations SET person_told = true, looked_up_at = ${nowOf(context)}
      WHERE workspace_id = ${context.workspaceId} AND key = ${operation.key}`);
  });
}

const words: Record<ForeignOperation['intent']['kind'], { done: LocalizedText; not: LocalizedText }> = {
  confirm: {
    done: { es: 'quedó confirmada', en: 'is confirmed' },
    not: {
      es: 'no se pudo confirmar. Escribinos y buscamos otra opción',
      en: 'could not be confirmed. Write to us and we look for another way',
    },
  },
  change: { done: { es: 'quedó cambiada', en: 'is changed' }, not: { es: 'quedó como estaba', en: 'stays as it was' } },
  cancel: { done: { es: 'quedó cancelada', en: 'is cancelled' }, not: { es: 'no se canceló', en: 'was not cancelled' } },
  charge: {
    done: { es: 'tiene el cargo', en: 'has the charge' },
    not: { es: 'no tiene el cargo', en: 'does not have the charge' },
  },
  'late-checkout': {
    done: { es: 'tiene la salida tarde', en: 'has the late check-out' },
    not: { es: 'no tiene la salida tarde', en: 'does not have the late check-out' },
  },
};

/** Nobody reads there. */
const unreachable: ReadonlySet<string> = new Set(['conversation_not_found', 'conversation_closed']);

async function tellGuest(context: JobContext, stay: StayRecord, operation: ForeignOperation, done: boolean): Promise<void> {
  if (stay.conversationId === null) return;
  const { es, en } = words[operation.intent.kind][done ? 'done' : 'not'];
  const text = { es: `Tu reserva ${stay.code} ${es}.`, en: `Your booking ${stay.code} ${en}.` };
  try {
    await context.send({ conversation: stay.conversationId, parts: [{ type: 'text', text }], key: `settled:${operation.key}` });
  } catch (error) {
    if (!(error instanceof TimonelError) || !unreachable.has(error.code)) throw error;
  }
}
