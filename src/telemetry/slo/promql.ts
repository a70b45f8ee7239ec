/** Expressions as Prometheus reads them. */
import { type AlertCondition, durationText, type Selector, type Vector } from './expression.ts';

export function promqlOf(expression: Vector | AlertCondition): string {
  switch (expression.kind) {
    case 'gauge':
      return `${expression.take}${byText(expression.by)} (${selected(expression.of)}${expression.ago === undefined ? '' : ` offset ${durationText(expression.ago)}`})`;
    case 'increase': {
      const [series, over] = [selected(expression.of), durationText(expression.over)];
      const grown = `increase(${series}[${over}])`;
      return `sum${byText(expression.by)} (${expression.births === true ? `(${series} unless ${series} offset ${over}) or ${grown}` : grown})`;
    }
    case 'quantile': {
      const buckets = { ...expression.of, metric: `${expression.of.metric}_bucket` };
      const rates = `sum${byText(['le', ...expression.by])} (rate(${selected(buckets)}[${durationText(expression.over)}]))`;
      return `histogram_quantile(${expression.share}, ${rates})`;
    }
    case 'minus':
      return `(${promqlOf(expression.left)} - ${promqlOf(expression.right)})`;
    case 'ratio': {
      const whole = promqlOf(expression.whole);
      return `(${promqlOf(expression.part)} or 0 * ${whole}) / (${whole} > 0)`;
    }
    case 'recorded':
      return selected({
        metric: expression.name,
        where: Object.entries(expression.labels).map(([label, value]) => [label, '=', value] as const),
      });
    case 'compare':
      return `${promqlOf(expression.left)} ${expression.operator} ${numberText(expression.limit)}`;
    case 'all':
      return expression.of.map((each) => `(${promqlOf(each)})`).join(' and ');
  }
}

function byText(labels: readonly string[]): string {
  return labels.length === 0 ? '' : ` by (${labels.join(', ')})`;
}

function selected({ metric, where = [] }: Selector): string {
  const matchers = where.map(([label, operator, value]) => `${label}${operator}${JSON.stringify(value)}`);
  return matchers.length === 0 ? metric : `${metric}{${matchers.join(', ')}}`;
}

/** Without the noise of binary fractions: 0.0144, not 0.014400000000000001. */
function numberText(value: number): string {
  return String(Number(value.toPrecision(12)));
}
