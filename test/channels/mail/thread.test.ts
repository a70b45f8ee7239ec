/** A customer writes mails, and is answered once in the thread, whatever becomes of the mailbox. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pixel, upload } from '../../artifact-client.ts';
import { storeKinds } from '../../stores.ts';
import { type MailSalon, openMailSalon, patient } from './mail-salon.ts';
import { mailOf } from './mail-servers.ts';

const address = 'hola@salon.test';
const passed = (domain: string) => ({
  'Authentication-Results': `mx.salon.test (a=b; dmarc=fail); dkim=pass header.d=${domain}; dmarc=pass (p=none) header.from=${domain}`,
});

describe.each(storeKinds)('a mailbox (%s)', (kind) => {
  let salon: MailSalon;
  beforeAll(async () => {
    salon = await openMailSalon(kind, {
      settings: { authservId: 'mx.salon.test', pollSeconds: 1, turnsPerHour: 5 },
      prepare: (mailbox) => mailbox.put(mailOf('before@people.test', address), new Date(Date.now() - 3_600_000)),
    });
  }, 60_000);
  afterAll(() => salon?.[Symbol.asyncDispose]());

  const conversationsOf = (email: string) =>
    salon.rows<{ id: string; verified: boolean }>(
      `SELECT id, (contact->>'verified')::boolean AS verified FROM conversations WHERE contact->>'email' = $1 ORDER BY created_at`,
      [email],
    );

  it('answers in the thread, each mail once, also where the mailbox was made anew', async () => {
    const { mailbox, to } = salon;
    const mail = mailOf('Ana <Ana@People.test>', address, {
      subject: 'Turno',
      text: '¿Mañana hay lugar?',
      id: '<one@people.test>',
    });
    mailbox.put(mail);
    mailbox.put(mail);
    await expect.poll(() => to('ana@people.test').length, patient).toBe(1);
    const [first] = to('ana@people.test');
    expect(first?.text?.trim()).toBe('echo: Turno\n\n¿Mañana hay lugar?');
    expect(first?.envelope.from).toBe(address);
    expect(first?.subject).toBe('Re: Turno');
    expect(first?.inReplyTo).toBe('<one@people.test>');
    expect(first?.header('auto-submitted')).toBe('auto-replied');

    mailbox.remake();
    mailbox.put(
      mailOf('Ana <ana@people.test>', address, {
        subject: 'Re: Turno',
        id: '<two@people.test>',
        headers: { 'In-Reply-To': first?.messageId ?? '', References: `<one@people.test> ${first?.messageId}` },
        text: 'Gracias, a las 5.\n\nEl lun, 30 nov 2026 a las 9:00, Salón (<hola@salon.test>)\nescribió:\n\n> echo: Turno\n> ¿Mañana hay lugar?\n',
      }),
    );
    await expect.poll(() => to('ana@people.test').length, patient).toBe(2);
    const [, second] = to('ana@people.test');
    expect(second?.text?.trim()).toBe('echo: Gracias, a las 5.');
    expect(second?.references).toBe(`<one@people.test> ${first?.messageId} <two@people.test>`);
    expect(to('before@people.test')).toEqual([]);
    expect(await conversationsOf('ana@people.test')).toHaveLength(1);
    // Who answers has read.
    await expect
      .poll(() => salon.rows(`SELECT status FROM channel_deliveries ORDER BY sequence LIMIT 1`), patient)
      .toEqual([{ status: 'read' }]);
  });

  it('keeps what is proven apart from what is forged', async () => {
    const { mailbox, to } = salon;
    mailbox.put(mailOf('eva@bank.test', address, { text: 'soy yo', headers: passed('bank.test') }));
    await expect.poll(() => to('eva@bank.test').length, patient).toBe(1);
    // The header of another server, and one below the topmost, prove nothing.
    mailbox.put(
      mailOf('eva@bank.test', address, {
        text: 'forged',
        headers: { 'Authentication-Results': 'mx.evil.test; dmarc=pass header.from=bank.test' },
      }),
    );
    await expect.poll(() => to('eva@bank.test').length, patient).toBe(2);
    expect((await conversationsOf('eva@bank.test')).map(({ verified }) => verified)).toEqual([true, false]);
  });

  it('offers options as numbers, and understands the number', async () => {
    const { mailbox, to } = salon;
    mailbox.put(mailOf('leo@people.test', address, { subject: '', text: 'hola' }));
    await expect.poll(() => to('leo@people.test').length, patient).toBe(1);
    await salon.rows(
      `INSERT INTO channel_deliveries (workspace_id, connection_id, contact_id, conversation_id, said_by, content)
       SELECT t.workspace_id, connection_id, contact_id, conversation_id, 'assistant', $1 FROM channel_threads t JOIN channel_addresses a USING (contact_id)
       WHERE a.canonical = 'leo@people.test'`,
      [JSON.stringify({ text: '¿Cuándo?', options: ['el lunes', 'el martes'] })],
    );
    await expect.poll(() => to('leo@people.test').length, patient).toBe(2);
    const [, asked] = to('leo@people.test');
    expect(asked?.text?.trim()).toBe('¿Cuándo?\n\n1. el lunes\n2. el martes');
    expect(asked?.html).toContain('1. el lunes<br>2. el martes');
    mailbox.put(
      mailOf('leo@people.test', address, {
        subject: 'Re: hola',
        text: '2\n\nOn Mon, Nov 30, 2026 at 9:00 AM Salón wrote:\n> ¿Cuándo?\n> 1. el lunes\n',
      }),
    );
    await expect.poll(() => to('leo@people.test').length, patient).toBe(3);
    expect(to('leo@people.test')[2]?.text?.trim()).toBe('echo: el martes');
  });

  it('takes files as artifacts, and sends what a person sends', async () => {
    const { mailbox, to, test } = salon;
    const pdf = Buffer.from('%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n').toString('base64');
    const part = (type: string, body: string, more = '') => `--b\r\nContent-Type: ${type}\r\n${more}\r\n${body}\r\n`;
    const attached = (name: string) =>
      `Content-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename="${name}"\r\n`;
    const body = `${part('text/plain', 'dos archivos')}${part('application/octet-stream', pdf, attached('factura.pdf'))}${part('application/pdf', pdf, attached('otra.pdf'))}--b--\r\n`;
    mailbox.put(
      mailOf('mia@people.test', address, {
        subject: 'Re: x',
        headers: { 'Content-Type': 'multipart/mixed; boundary=b' },
      }).replace(/\r\n\r\n[\s\S]*$/, `\r\n\r\n${body}`),
    );
    await expect.poll(() => to('mia@people.test').length, patient).toBe(1);
    expect(to('mia@people.test')[0]?.text?.trim()).toBe('echo: dos archivos');
    const [conversation] = await conversationsOf('mia@people.test');
    const stored = await salon.rows('SELECT name, media_type FROM artifacts WHERE conversation_id = $1 ORDER BY name', [
      conversation?.id,
    ]);
    expect(stored).toEqual([
      { name: 'factura.pdf', media_type: 'application/pdf' },
      { name: 'otra.pdf', media_type: 'application/pdf' },
    ]);

    const path = `/api/v1/conversations/${conversation?.id}`;
    expect((await test.call('POST', `${path}/take`)).status).toBe(200);
    const shown = await upload(test, { name: 'salón.png', data: pixel });
    const parts = [
      { type: 'text', text: 'Así quedó\n\n<b>2 > 1</b> https://salon.test/a?b=1&c=2.' },
      { type: 'image', artifact: shown.body.id },
      { type: 'location', latitude: -34.6, longitude: -58.3 },
    ];
    expect((await test.call('POST', `${path}/replies`, { parts })).status).toBe(201);
    await expect.poll(() => to('mia@people.test').length, patient).toBe(2);
    const [, mail] = to('mia@people.test');
    expect(mail?.text).toContain('https://maps.google.com/?q=-34.6,-58.3');
    expect(mail?.html).toContain('&lt;b&gt;2 &gt; 1&lt;/b&gt; <a href="https://salon.test/a?b=1&amp;c=2">');
    expect(mail?.attachments.map(({ filename, mimeType }) => [filename, mimeType])).toEqual([['salón.png', 'image/png']]);
    expect(Buffer.from(mail?.attachments[0]?.content as ArrayBuffer)).toEqual(pixel);
  });

  it('stops where a contact writes without an end', async () => {
    const { mailbox, to } = salon;
    for (let each = 0; each < 8; each++) mailbox.put(mailOf('bot@people.test', address, { subject: '', text: `${each}` }));
    await expect
      .poll(
        () =>
          salon.rows(
            `SELECT count(*)::int AS all, count(*) FILTER (WHERE kind = 'mail-over-limit' AND result = 'ignored')::int AS over FROM channel_inbox
             WHERE sender->'addresses'->0->>'value' = 'bot@people.test' AND state = 'done'`,
          ),
        patient,
      )
      .toEqual([{ all: 8, over: 3 }]);
    await expect.poll(() => to('bot@people.test').length, patient).toBe(5);
  });
});
