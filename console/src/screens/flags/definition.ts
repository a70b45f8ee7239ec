/** A flag as the API has it, as a form holds it, and as a person reads it. */
import type { Answer } from '../../api/client.ts';
import { FormFault, type Members } from '../../parts/versioned-dialog.tsx';
import type { flagWords } from './words.ts';

export type Flag = Answer<'GET /api/v1/flags'>['flags'][number];
export type Definition = Omit<Flag, 'key' | 'version'>;
export type FlagType = Flag['type'];
type Rule = Definition['rules'][number];
type Condition = Rule['when'][number];
type Value = Definition['variants'][string];
type FlagWords = (typeof flagWords)['en'];

export interface ConditionDraft {
  attribute: string;
  not: boolean;
  /** One per line. */
  values: string;
}

export interface RuleDraft {
  conditions: readonly ConditionDraft[];
  /** Absent: it divides. */
  variant: string | undefined;
  split: readonly { variant: string; percentage: string }[];
}

export interface Draft {
  type: FlagType;
  description: string;
  enabled: boolean;
  variants: readonly { name: string; text: string }[];
  defaultVariant: string;
  rules: readonly RuleDraft[];
  salt: string;
}

export const newDraft: Draft = {
  type: 'boolean',
  description: '',
  enabled: true,
  variants: [
    { name: 'on', text: 'true' },
    { name: 'off', text: 'false' },
  ],
  defaultVariant: 'off',
  rules: [],
  salt: '',
};

export function draftOf({ type, description, enabled, variants, defaultVariant, rules, salt }: Definition): Draft {
  return {
    ...{ type, description, enabled, defaultVariant, salt },
    variants: Object.entries(variants).map(([name, value]) => ({ name, text: valueText(value) })),
    rules: rules.map(({ when, variant, split }) => ({
      conditions: when.map(({ attribute, in: among, notIn }) => ({
        attribute,
        not: notIn !== undefined,
        values: (among ?? notIn ?? []).map(String).join('\n'),
      })),
      variant,
      split: (split ?? []).map((each) => ({ variant: each.variant, percentage: String(each.percentage) })),
    })),
  };
}

/** @throws FormFault where a value is not of the type; the rest is for the server to say. */
export function definitionOf(draft: Draft, words: FlagWords): Definition {
  const { type, description, enabled, defaultVariant, salt } = draft;
  const variants: Record<string, Value> = {};
  for (const { name, text } of draft.variants) {
    if (Object.hasOwn(variants, name)) throw new FormFault(words.twice(name));
    variants[name] = readValue(text, type, () => new FormFault(words.badValue(name, words.types[type])));
  }
  return {
    ...{ type, description, enabled, defaultVariant, salt, variants },
    rules: draft.rules.map(({ conditions, variant, split }) => ({
      when: conditions.map(conditionOf),
      ...(variant === undefined
        ? { split: split.map((each) => ({ variant: each.variant, percentage: Number(each.percentage.replace(',', '.')) })) }
        : { variant }),
    })),
  };
}

function conditionOf({ attribute, not, values }: ConditionDraft): Condition {
  const compared = values
    .split('\n')
    .map((each) => each.trim())
    .filter((each) => each !== '');
  return { attribute: attribute.trim(), ...(not ? { notIn: compared } : { in: compared }) };
}

function readValue(text: string, type: FlagType, fault: () => FormFault): Value {
  if (type === 'string') return text;
  try {
    const value = JSON.parse(text.trim()) as Value;
    if (typeof value === type && value !== null && !Array.isArray(value)) return value;
  } catch {
    // What is no JSON is told as any other wrong value.
  }
  throw fault();
}

export function valueText(value: Value): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Who a rule is for, in words. */
export function conditionsText({ when }: Rule, words: FlagWords): string {
  if (when.length === 0) return words.everybody;
  return when
    .map(({ attribute, in: among, notIn }) => {
      const values = (among ?? notIn ?? []).map(String);
      const shown = values.length > 6 ? [...values.slice(0, 5), `… (${values.length})`] : values;
      return `${attribute} ${notIn === undefined ? words.is : words.isNot} ${shown.join(', ')}`;
    })
    .join(words.and);
}

/** What a rule gives, in words. */
export function outcomeText({ variant, split = [] }: Rule, words: FlagWords): string {
  if (variant !== undefined) return variant;
  const given = split.reduce((sum, { percentage }) => sum + percentage, 0);
  const shares = split.map((each) => `${each.percentage} % ${each.variant}`);
  return [...shares, ...(given < 100 ? [words.rest] : [])].join(', ');
}

export function sentenceOf({ enabled, rules, defaultVariant }: Definition, words: FlagWords): string {
  if (!enabled) return words.sentence.off(defaultVariant);
  if (rules.length === 0) return words.sentence.static(defaultVariant);
  return words.sentence.rules(words.rulesOf(rules.length), defaultVariant);
}

/** By the names of what it consists of: for what a version changed, and for both sides of a conflict. */
export function membersOf(definition: Definition, words: FlagWords): Members {
  const { type, description, enabled, variants, defaultVariant, rules, salt } = definition;
  return {
    [words.description]: description,
    [words.type]: words.types[type],
    [words.state]: enabled ? words.on : words.off,
    [words.variants]: Object.entries(variants)
      .map(([name, value]) => `${name} = ${valueText(value)}`)
      .join('\n'),
    [words.defaultVariant]: defaultVariant,
    [words.rules]: rules.map((rule) => `${conditionsText(rule, words)} → ${outcomeText(rule, words)}`).join('\n'),
    ...(salt === '' ? {} : { [words.salt]: salt }),
  };
}
