/** A customer writes a mail, and is answered once in its thread. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { storeKinds } from '../../stores.ts';
import { type MailSalon, openMailSalon, patient } from './mail-salon.ts';
import { mailOf } from './mail-servers.ts';

const address = 'hola@salon.test';

describe.each(storeKinds)('a mailbox (%s)', (kind) => {
  let salon: MailSalon;
  beforeAll(async () => {
    salon = await openMailSalon(kind, {
      prepare: (mailbox) => mailbox.put(mailOf('before@people.test', address), new Date(Date.now() - 3_600_000)),
    });
  }, 60_000);
  afterAll(() => salon?.[Symbol.asyncDispose]());

  it('answers in the thread, and not what was there before', async () => {
    const { mailbox, to } = salon;
    mailbox.put(
      mailOf('Ana <ana@people.test>', address, { subject: 'Turno', text: '¿Mañana hay lugar?', id: '<one@people.test>' }),
    );
    await expect.poll(() => to('ana@people.test').length, patient).toBe(1);
    const [first] = to('ana@people.test');
    expect(first?.text?.trim()).toBe('echo: Turno\n\n¿Mañana hay lugar?');
    expect(first?.envelope.from).toBe(address);
    expect(first?.subject).toBe('Re: Turno');
    expect(first?.inReplyTo).toBe('<one@people.test>');
    expect(first?.header('auto-submitted')).toBe('auto-replied');
    expect(to('before@people.test')).toEqual([]);
  });
});
