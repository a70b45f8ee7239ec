import { openSalon } from '/work/main/agents/booking/flows/rehearsal/plan.ts';
import { understand } from '/work/main/src/index.ts';

for (const t of process.argv.slice(2)) {
  const [text, awaiting] = t.split('@');
  console.log(
    text,
    JSON.stringify(
      understand(text!, {
        now: { date: '2026-11-20', time: '12:00' },
        vocabulary: openSalon().vocabulary,
        awaiting: awaiting as any,
      }),
    ),
  );
}
