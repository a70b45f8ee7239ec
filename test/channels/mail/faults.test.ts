/** What goes wrong with mail: servers that refuse, break and lie, mails that are no mails, and programs that write. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { channels, type Fault } from '../../../src/diagnostics.ts';
import { type MailSalon, openMailSalon, patient } from './mail-salon.ts';
import { mailOf } from './mail-servers.ts';

const address = 'hola@salon.test';

describe('a mailbox that things go wrong with', () => {
  let salon: MailSalon;
  const faults: string[] = [];
  const hear = (message: unknown) => void faults.push((message as Fault).what);
  beforeAll(async () => {
    channels.fault.subscribe(hear);
    salon = await openMailSalon('embedded', { settings: { pollSeconds: 1, sentMailbox: 'Sent' } });
  }, 60_000);
  afterAll(async () => {
    channels.fault.unsubscribe(hear);
    await salon?.[Symbol.asyncDispose]();
  });

  const deliveryTo = (email: string) =>
    salon.rows<{ id: string; state: string; status: string | null; error: { code: string } | null; attempts: number }>(
      `SELECT d.id, d.state, d.status, d.error, d.attempts FROM channel_deliveries d JOIN channel_addresses a ON a.contact_id = d.contact_id
       WHERE a.canonical = $1 ORDER BY d.sequence`,
      [email],
    );
  const write = (from: string, more: Parameters<typeof mailOf>[2] = {}) => salon.mailbox.put(mailOf(from, address, more));

  it('answers no program', async () => {
    const { mailbox, to } = salon;
    const automatic: [string, Record<string, string>][] = [
      ['away@people.test', { 'Auto-Submitted': 'auto-replied (vacation)' }],
      ['news@shop.test', { 'List-Id': '<news.shop.test>' }],
      ['bulk@shop.test', { Precedence: 'bulk' }],
      ['mailer-daemon@people.test', {}],
      ['null@people.test', { 'Return-Path': '<>' }],
      ['oof@people.test', { 'X-Auto-Response-Suppress': 'OOF, AutoReply' }],
      [address, {}],
    ];
    for (const [from, headers] of automatic) write(from, { headers });
    // A person's program says that it is none.
    write('person@people.test', { headers: { 'Auto-Submitted': 'no' } });
    await expect.poll(() => to('person@people.test').length, patient).toBe(1);
    expect(salon.servers.sent.map(({ envelope }) => envelope.to[0])).toEqual(['person@people.test']);
    const known = await salon.rows('SELECT canonical FROM channel_addresses');
    expect(known).toEqual([{ canonical: 'person@people.test' }]);
    expect(mailbox.texts()).toHaveLength(automatic.length + 1);
  });

  it('reads what is cut, broken and of any encoding', async () => {
    const { mailbox, to } = salon;
    const deep = Array.from(
      { length: 80 },
      (_, index) => `--b${index}\r\nContent-Type: multipart/mixed; boundary=b${index + 1}\r\n\r\n`,
    ).join('');
    write('deep@people.test', { headers: { 'Content-Type': 'multipart/mixed; boundary=b0' }, text: deep });
    mailbox.put('\0\x01 no mail at all');
    mailbox.put(
      `From: "=?utf-8?Q?Jos=C3=A9?=" <jose@people.test>\r\nSubject: =?iso-8859-1?Q?Ma=F1ana?=\r\nContent-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=BFHay lugar ma=F1ana?\r\n`,
    );
    await expect.poll(() => to('jose@people.test')[0]?.text?.trim(), patient).toBe('echo: Mañana\n\n¿Hay lugar mañana?');
    write('html@people.test', {
      subject: '',
      headers: { 'Content-Type': 'text/html; charset=utf-8' },
      text: '<style>p{}</style><p>Uno &amp; <b>dos</b></p><img src="http://127.0.0.1:9/x.png"><blockquote>lo viejo</blockquote>',
    });
    await expect.poll(() => to('html@people.test')[0]?.text?.trim(), patient).toBe('echo: Uno & dos');
    mailbox.put(
      Buffer.concat([
        Buffer.from('From: bad@people.test\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nca\xf1a \xff\xfe '),
        Buffer.from([0xc3, 0x28, 0x0d, 0x0a]),
      ]),
    );
    await expect.poll(() => to('bad@people.test').length, patient).toBe(1);
    expect(faults.filter((what) => what.startsWith('reading the mail')).length).toBe(1);
  });

  it('reads the words of a mail of 30 MB, and says what it did not open', async () => {
    const before = process.memoryUsage().arrayBuffers;
    const line = `${'QUJD'.repeat(19)}\r\n`;
    const body = `--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nmirá\r\n--b\r\nContent-Type: application/zip\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename="fotos.zip"\r\n\r\n${line.repeat(500_000)}--b--\r\n`;
    write('big@people.test', { subject: 'Re: x', headers: { 'Content-Type': 'multipart/mixed; boundary=b' }, text: body });
    await expect.poll(() => salon.to('big@people.test').length, patient).toBe(1);
    expect(salon.to('big@people.test')[0]?.text?.trim()).toMatch(
      /^echo: mirá\n\n\[No se abrieron, por su tamaño o cantidad: fotos\.zip \(\d\d MB\)\]$/,
    );
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(200_000_000);
  });

  it('waits, stops or gives up as the server says', async () => {
    const { servers, to } = salon;
    let busy = 1;
    servers.answer = ({ envelope }) => {
      if (envelope.to[0] === 'busy@people.test' && busy-- > 0) return { code: 451, text: '4.3.2 Try again later' };
      return envelope.to[0] === 'spam@people.test' ? { code: 550, text: '5.7.1 Looks like spam' } : undefined;
    };
    servers.refuseRecipient = (who) => (who === 'nobody@people.test' ? 550 : undefined);
    for (const name of ['busy', 'spam', 'nobody']) write(`${name}@people.test`);
    await expect
      .poll(() => deliveryTo('spam@people.test'), patient)
      .toMatchObject([{ state: 'refused', error: { code: '5.7.1' } }]);
    await expect
      .poll(() => deliveryTo('nobody@people.test'), patient)
      .toMatchObject([{ state: 'refused', error: { code: '5.1.1' } }]);
    const stopped = await salon.rows(
      `SELECT a.canonical FROM channel_threads t JOIN channel_addresses a ON a.contact_id = t.contact_id WHERE t.stopped_until > now()`,
    );
    expect(stopped).toEqual([{ canonical: 'nobody@people.test' }]);
    await expect.poll(() => to('busy@people.test').length, patient).toBe(1);
    expect(await deliveryTo('busy@people.test')).toMatchObject([{ state: 'sent', attempts: 2 }]);
    servers.answer = () => undefined;
  });

  it('reports a mail in doubt, and finds it among those that were sent', async () => {
    const { servers, mailbox } = salon;
    const kept: string[] = [];
    servers.answer = ({ raw, envelope }) => {
      if (!envelope.to[0]?.startsWith('doubt')) return undefined;
      kept.push(raw);
      return 'hang-up';
    };
    write('doubt@people.test');
    await expect.poll(() => deliveryTo('doubt@people.test'), patient).toMatchObject([{ state: 'unclear' }]);
    expect(faults).toContain('a message is in doubt');
    expect(kept).toHaveLength(1);
    mailbox.put(kept[0] ?? '', new Date(), 'Sent');
    await expect.poll(() => deliveryTo('doubt@people.test'), patient).toMatchObject([{ state: 'sent', error: null }]);
    expect(kept).toHaveLength(1);
    servers.answer = () => undefined;
  });

  it('shows a mail that came back as failed', async () => {
    const { mailbox, to } = salon;
    write('gone@people.test');
    await expect.poll(() => to('gone@people.test').length, patient).toBe(1);
    const id = to('gone@people.test')[0]?.messageId ?? '';
    const report = [
      '--r\r\nContent-Type: text/plain\r\n\r\nYour mail was not delivered.',
      '--r\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.people.test\r\n\r\nFinal-Recipient: rfc822; gone@people.test\r\nAction: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 No such\r\n user here',
      `--r\r\nContent-Type: message/rfc822\r\n\r\nFrom: ${address}\r\nMessage-ID: ${id}\r\nSubject: x\r\n\r\nbody`,
      '--r--\r\n',
    ].join('\r\n');
    mailbox.put(
      mailOf('MAILER-DAEMON@people.test', address, {
        headers: {
          'Return-Path': '<>',
          'Auto-Submitted': 'auto-replied',
          'Content-Type': 'multipart/report; report-type=delivery-status; boundary=r',
        },
        text: report,
      }),
    );
    await expect
      .poll(() => deliveryTo('gone@people.test'), patient)
      .toMatchObject([{ state: 'sent', status: 'failed', error: { code: '5.1.1', message: '550 5.1.1 No such user here' } }]);
    await expect
      .poll(() => salon.rows(`SELECT reason FROM handoffs WHERE reason = 'undelivered' AND summary::text LIKE '%5.1.1%'`), patient)
      .not.toEqual([]);
  });

  it('comes back after a broken connection, and tells of a password that is wrong', async () => {
    const { mailbox, servers, to, test, connection } = salon;
    mailbox.cut();
    write('after@people.test');
    await expect.poll(() => to('after@people.test').length, patient).toBe(1);

    const path = `/api/v1/channels/${connection.id}`;
    expect((await test.call('PUT', `${path}/secrets`, { secrets: { password: 'not-the-password' } })).status).toBe(200);
    const seen = async () => ((await test.call('GET', path)).body as { suspended: { code: string } | null }).suspended?.code;
    await expect.poll(seen, patient).toBe('mail-login');
    const findings = (await test.call('POST', `${path}/test`, {})).body as {
      ok: boolean;
      findings: { what: string; ok: boolean; detail: string }[];
    };
    expect(findings.findings.map(({ what, ok }) => [what, ok])).toEqual([
      [`imap 127.0.0.1:${mailbox.port}`, false],
      [`smtp 127.0.0.1:${servers.smtpPort}`, false],
    ]);
    expect(findings.findings[1]?.detail).toContain('5.7.8 Username and Password not accepted.');
    write('later@people.test');
    await test.call('PUT', `${path}/secrets`, { secrets: servers.connection(address).secrets });
    await expect.poll(() => to('later@people.test').length, patient).toBe(1);
    expect(((await test.call('POST', `${path}/test`, {})).body as { ok: boolean }).ok).toBe(true);
    expect(await seen()).toBeUndefined();
  });
});
