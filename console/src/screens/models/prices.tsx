import { useAnswer } from '../../api/queries.ts';
import { Mark } from '../../parts/note.tsx';
import { Section } from '../../parts/page.tsx';
import { PlainTable } from '../../parts/plain-table.tsx';
import { Surface } from '../../parts/surface.tsx';
import { count, money } from '../../words/format.ts';
import { useWords } from '../../words/language.ts';
import { modelWords } from './words.ts';

const dayMs = 86_400_000;
/** After so many days a list price is worth a look. */
const oldAfterDays = 90;

export function Prices() {
  const words = useWords(modelWords);
  const read = useAnswer('GET /api/v1/models/prices', {});
  const prices = read.data?.prices ?? [];
  return (
    <Section title={words.prices}>
      <p className="small quiet">{words.pricesHint}</p>
      <Surface read={read} rows={3} isEmpty={prices.length === 0} empty={<p className="quiet">{words.noRoute}</p>}>
        <PlainTable
          label={words.prices}
          rows={prices}
          keyOf={({ model }) => model}
          columns={[
            { title: words.model, cell: ({ model }) => <code>{model}</code> },
            { title: words.input, figure: true, cell: ({ price }) => (price === null ? '—' : money(price.input)) },
            { title: words.output, figure: true, cell: ({ price }) => (price === null ? '—' : money(price.output)) },
            { title: words.readOn, cell: ({ price }) => (price === null ? '—' : <Age date={price.date} />) },
            {
              title: words.priceSource,
              long: true,
              cell: ({ price }) => <span className="quiet">{price === null ? words.noPrice : price.source}</span>,
            },
          ]}
        />
      </Surface>
    </Section>
  );
}

function Age({ date }: { date: string }) {
  const words = useWords(modelWords);
  const days = Math.max(0, Math.floor((Date.now() - new Date(date).getTime()) / dayMs));
  const text = days === 0 ? words.today : words.days(count(days));
  if (days <= oldAfterDays) return <time dateTime={date}>{text}</time>;
  return (
    <Mark kind="warn">
      <time dateTime={date} title={words.old}>
        {text}
      </time>
    </Mark>
  );
}
