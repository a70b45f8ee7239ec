/** An appointment that the house books by phone, and the page of its customer. */
import type { ConsoleTest } from './console-test.ts';

/** @returns the address of the page, as the calendar file has it */
export async function appointmentLink({ api, url }: ConsoleTest, name: string): Promise<string> {
  const root = '/api/v1/agents/booking';
  // A Friday, at least a week ahead: nothing of the sample is closed then but on holidays.
  const days = Array.from({ length: 50 }, (_, at) => new Date(Date.now() + (at + 7) * 86_400_000));
  const fridays = days.filter((day) => day.getUTCDay() === 5).map((day) => day.toISOString().slice(0, 10));
  for (const date of fridays) {
    const { status, body } = await api.call<{ id: string }>('POST', `${root}/appointments`, {
      date,
      time: '15:00',
      service: 'Corte de pelo',
      staff: 'Carlos Medina',
      name,
      phone: '+54 351 555-7788',
    });
    if (status !== 201) continue;
    const [row] = await api.timonel.store.pool.executeText<{ file: string }>(
      'SELECT file_id AS file FROM booking_appointments WHERE id = $1',
      [body.id],
    );
    const file = await api.call<string>('GET', `/api/v1/artifacts/${row?.file}/content`);
    const found = /URL;VALUE=URI:https?:\/\/[^/]+(\/\S+)/.exec(String(file.body).replaceAll('\r\n ', ''))?.[1];
    if (found !== undefined) return url + found;
  }
  throw new Error('No appointment could be made.');
}
