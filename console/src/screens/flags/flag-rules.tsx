import { Plus, Trash2 } from 'lucide-react';
import { Button } from '../../parts/button.tsx';
import { partWords } from '../../parts/words.ts';
import { count } from '../../words/format.ts';
import { useWords } from '../../words/language.ts';
import type { ConditionDraft, RuleDraft } from './definition.ts';
import { flagWords } from './words.ts';

interface FlagRulesProps {
  rules: readonly RuleDraft[];
  variants: readonly string[];
  onRules(rules: readonly RuleDraft[]): void;
}

/** The value of the choice that divides; no variant may be called so. */
const divides = '%';

/** Rules of a flag as they are written: the first that holds decides. */
export function FlagRules({ rules, variants, onRules }: FlagRulesProps) {
  const words = useWords(flagWords);
  const first = variants[0] ?? '';
  return (
    <fieldset className="flag-set">
      <legend>{words.rules}</legend>
      <span className="small quiet">{words.rulesHint}</span>
      {rules.map((rule, at) => (
        <Rule
          // biome-ignore lint/suspicious/noArrayIndexKey: a rule is known by its place
          key={at}
          number={count(at + 1)}
          rule={rule}
          variants={variants}
          onRule={(next) =>
            onRules(
              next === undefined
                ? rules.filter((_, place) => place !== at)
                : rules.map((each, place) => (place === at ? next : each)),
            )
          }
        />
      ))}
      <Button kind="quiet" icon={Plus} onClick={() => onRules([...rules, { conditions: [], variant: first, split: [] }])}>
        {words.addRule}
      </Button>
    </fieldset>
  );
}

interface RuleProps {
  number: string;
  rule: RuleDraft;
  variants: readonly string[];
  /** Undefined takes it away. */
  onRule(rule: RuleDraft | undefined): void;
}

function Rule({ number, rule, variants, onRule }: RuleProps) {
  const words = useWords(flagWords);
  const { conditions, variant, split } = rule;
  const first = variants[0] ?? '';
  const options = (chosen: string) => [...new Set([...variants, ...(chosen === '' ? [] : [chosen])])];
  const setCondition = (at: number, changes: Partial<ConditionDraft>) =>
    onRule({ ...rule, conditions: conditions.map((each, place) => (place === at ? { ...each, ...changes } : each)) });
  const setShare = (at: number, changes: Partial<RuleDraft['split'][number]>) =>
    onRule({ ...rule, split: split.map((each, place) => (place === at ? { ...each, ...changes } : each)) });
  return (
    <div className="flag-rule" role="group" aria-label={words.rule(number)}>
      <div className="row">
        <strong className="grow">{words.rule(number)}</strong>
        <Button kind="quiet" icon={Trash2} iconOnly onClick={() => onRule(undefined)}>
          {words.removeRule(number)}
        </Button>
      </div>
      {conditions.length === 0 && <span className="quiet">{words.everybody}</span>}
      {conditions.map((condition, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a condition is known by its place
        <div className="flag-condition" key={at}>
          <input
            aria-label={words.attribute}
            title={words.attributeHint}
            placeholder={words.attribute}
            required
            maxLength={100}
            value={condition.attribute}
            spellCheck={false}
            onChange={(event) => setCondition(at, { attribute: event.target.value })}
          />
          <select
            aria-label={`${words.is} / ${words.isNot}`}
            value={condition.not ? 'not' : 'in'}
            onChange={(event) => setCondition(at, { not: event.target.value === 'not' })}
          >
            <option value="in">{words.is}</option>
            <option value="not">{words.isNot}</option>
          </select>
          <Values condition={condition} onValues={(values) => setCondition(at, { values })} />
          <Button
            kind="quiet"
            icon={Trash2}
            iconOnly
            onClick={() => onRule({ ...rule, conditions: conditions.filter((_, place) => place !== at) })}
          >
            {words.removeCondition(condition.attribute)}
          </Button>
        </div>
      ))}
      <Button
        kind="quiet"
        icon={Plus}
        onClick={() => onRule({ ...rule, conditions: [...conditions, { attribute: '', not: false, values: '' }] })}
      >
        {words.addCondition}
      </Button>
      <label className="row">
        <span>{words.obtains}</span>
        <select
          value={variant ?? divides}
          onChange={(event) =>
            onRule(
              event.target.value === divides
                ? { ...rule, variant: undefined, split: split.length === 0 ? [{ variant: first, percentage: '10' }] : split }
                : { ...rule, variant: event.target.value },
            )
          }
        >
          {options(variant ?? '').map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
          <option value={divides}>{words.share}</option>
        </select>
      </label>
      {variant === undefined && (
        <>
          {split.map((share, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a share is known by its place
            <div className="flag-line" key={at}>
              <select
                aria-label={words.variant}
                value={share.variant}
                onChange={(event) => setShare(at, { variant: event.target.value })}
              >
                {options(share.variant).map((name) => (
                  <option key={name} value={name}>
                    {name}
                  </option>
                ))}
              </select>
              <input
                aria-label={words.percentage}
                title={words.percentage}
                type="number"
                min={0}
                max={100}
                step={0.01}
                required
                value={share.percentage}
                onChange={(event) => setShare(at, { percentage: event.target.value })}
              />
              <Button
                kind="quiet"
                icon={Trash2}
                iconOnly
                disabled={split.length === 1}
                onClick={() => onRule({ ...rule, split: split.filter((_, place) => place !== at) })}
              >
                {words.removeShare(share.variant)}
              </Button>
            </div>
          ))}
          <Button
            kind="quiet"
            icon={Plus}
            onClick={() => onRule({ ...rule, split: [...split, { variant: first, percentage: '10' }] })}
          >
            {words.addShare}
          </Button>
        </>
      )}
    </div>
  );
}

function Values({ condition, onValues }: { condition: ConditionDraft; onValues(values: string): void }) {
  const words = useWords(flagWords);
  const parts = useWords(partWords);
  return (
    <textarea
      aria-label={words.values}
      title={parts.onePerLine}
      placeholder={parts.onePerLine}
      required
      rows={Math.min(6, Math.max(1, condition.values.split('\n').length))}
      value={condition.values}
      spellCheck={false}
      onChange={(event) => onValues(event.target.value)}
    />
  );
}
