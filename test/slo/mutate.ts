/** Mistakes that are made in rules, to see whether a scenario finds them. */
import { type RuleFile, ruleFiles } from '../../src/telemetry/slo/prometheus-rules.ts';

/** What the mistake is, which scenario finds it, and the rules with it. */
export type Mutation = [title: string, finds: string, files: () => Record<string, RuleFile>];

type Rule = RuleFile['groups'][number]['rules'][number];

/** Changes all rules by that name; fails where nothing was changed. */
export function mutated(name: string | RegExp, change: (rule: Rule) => void): Record<string, RuleFile> {
  const files = ruleFiles();
  const before = JSON.stringify(files);
  for (const { groups } of Object.values(files)) {
    for (const { rules } of groups) {
      for (const rule of rules) {
        const own = 'alert' in rule ? `${rule.alert} ${rule.labels['burn'] ?? ''}`.trim() : `${rule.record} ${rule.labels['sli']}`;
        if (typeof name === 'string' ? own === name : name.test(own)) change(rule);
      }
    }
  }
  if (JSON.stringify(files) === before) throw new Error(`Nothing was changed in ${name}.`);
  return files;
}

export const edited = (from: string | RegExp, to: string) => (rule: Rule) => {
  rule.expr = rule.expr.replaceAll(from instanceof RegExp ? new RegExp(from, 'g') : from, to);
};
export const hasty = (rule: Rule) => {
  if ('alert' in rule) delete rule.for;
};
export const patient = (rule: Rule) => {
  if ('alert' in rule) rule.for = '2h';
};
/** Takes the condition on how many there must be away. */
export const unguarded = (rule: Rule) => {
  rule.expr = rule.expr.slice(0, rule.expr.lastIndexOf(' and ('));
};
