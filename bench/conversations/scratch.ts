import { Chat } from '../../agents/booking/flows/rehearsal/chat.ts';
import { openSalon } from '../../agents/booking/flows/rehearsal/plan.ts';

for (const script of process.argv.slice(2)) {
  const salon = openSalon();
  if (process.env['EARLY']) salon.plan.hours = { ...salon.plan.hours, 2: [{ from: '05:00', to: '22:00' }] };
  const chat = new Chat(salon);
  for (const line of script.split('|')) {
    const said = chat.says(line.trim());
    console.log('>', line.trim());
    console.log(
      '   ',
      said.text.replaceAll('\n', '\n    '),
      `[${said.outcome}${said.awaiting ? ' ' + said.awaiting : ''}]`,
      said.calls.map((c) => c.tool + JSON.stringify(c.args)).join(' '),
      said.reply.options ?? '',
    );
    if (process.env['STATE']) console.log(JSON.stringify(chat.state));
  }
  console.log('-----');
}
