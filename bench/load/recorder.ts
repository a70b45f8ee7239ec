/** What was answered, and the figures of it. */
import { percentile } from '../gateway/exchange.ts';

/** A figure and how many observations it stands on. */
export interface Figure {
  value: number;
  samples: number;
}

export type Figures = Record<string, Figure>;

interface Answer {
  kind: string;
  stage: string;
  milliseconds: number;
  /** 0 where there was no answer. */
  status: number;
  failed: boolean;
}

export class Recorder {
  readonly #answers: Answer[] = [];
  /** The first of each kind of failure, at most twenty. */
  readonly failures = new Map<string, number>();

  add(answer: Answer, failure?: string): void {
    this.#answers.push(answer);
    if (failure === undefined) return;
    const known = this.failures.get(failure);
    if (known !== undefined || this.failures.size < 20) this.failures.set(failure, (known ?? 0) + 1);
  }

  get count(): number {
    return this.#answers.length;
  }

  figures(stages: readonly { name: string; seconds: number; perSecond: number }[]): Figures {
    const all = this.#answers;
    const seconds = stages.reduce((sum, stage) => sum + stage.seconds, 0);
    const wanted = stages.reduce((sum, stage) => sum + stage.seconds * stage.perSecond, 0);
    const answered = all.filter(({ failed }) => !failed).length;
    const figures: Figures = {
      ...latencies('', all),
      ...latencies(
        'turns ',
        all.filter(({ kind }) => kind === 'turn'),
      ),
      ...shares('', all),
      'requests/s': { value: answered / seconds, samples: all.length },
      'rate reached': { value: (100 * answered) / wanted, samples: all.length },
    };
    if (stages.length === 1) return figures;
    let held = 0;
    let holds = true;
    for (const { name, perSecond } of stages) {
      const of = all.filter(({ stage }) => stage === name);
      const { p95, p50 } = latencies('', of);
      const { failed, '5xx': errors } = shares('', of);
      Object.assign(figures, named(name, { p50, p95, failed, '5xx': errors }));
      // A stage without a sample holds nothing.
      holds &&= (p95?.value ?? Number.POSITIVE_INFINITY) <= 350 && (failed?.value ?? 100) <= 1;
      if (holds) held = Math.max(held, perSecond);
    }
    figures['rate held'] = { value: held, samples: all.length };
    return figures;
  }
}

function named(stage: string, figures: Record<string, Figure | undefined>): Figures {
  return Object.fromEntries(
    Object.entries(figures).flatMap(([name, figure]) => (figure === undefined ? [] : [[`${name} ${stage}`, figure]])),
  );
}

/** Of what was answered as it should be: a refusal is quick. */
function latencies(prefix: string, answers: readonly Answer[]): Figures {
  const sorted = Float64Array.from(answers.filter(({ failed }) => !failed).map(({ milliseconds }) => milliseconds)).sort();
  if (sorted.length === 0) return {};
  const at = (share: number): Figure => ({ value: percentile(sorted, share), samples: sorted.length });
  return { [`${prefix}p50`]: at(0.5), [`${prefix}p95`]: at(0.95), [`${prefix}p99`]: at(0.99) };
}

function shares(prefix: string, answers: readonly Answer[]): Figures {
  const share = (count: number): Figure => ({
    value: answers.length === 0 ? 0 : (100 * count) / answers.length,
    samples: answers.length,
  });
  return {
    [`${prefix}failed`]: share(answers.filter(({ failed }) => failed).length),
    [`${prefix}5xx`]: share(answers.filter(({ status }) => status >= 500).length),
  };
}
