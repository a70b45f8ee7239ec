import type { Decision, Domain, Findings, Judgement } from './domain.ts';
import type { Scores } from './score.ts';

/** They only count where nobody wants anything. */
const light: ReadonlySet<string> = new Set(['greeting', 'thanks', 'goodbye', 'smalltalk']);
/** A courtesy wins against anything weaker than this ("listo, gracias"). */
const outweighsCourtesy = 1.6;
/** "Nos vemos el viernes" takes leave, though it names a day. */
const farewell = 3.4;
const worthMentioning = 1.9;
/** From this weight on a cue says outright what is wanted. */
export const outright = 4.4;

/** A yes or no that was waited for weighs more, and a choice that was offered is taken. */
export function weighAnswers(weights: Map<string, number>, { awaiting, choosing, reserved }: Findings): void {
  const get = (intent: string): number => weights.get(intent) ?? 0;
  const add = (intent: string, amount: number): void => {
    weights.set(intent, Math.max(0, get(intent) + amount));
  };
  if (awaiting === 'confirmation') {
    if (get('confirm') > 0 && !reserved) add('confirm', 3);
    if (get('deny') > 0) add('deny', get('deny') >= 2 ? 3 : 1.5);
  }
  if (choosing) add('confirm', 5);
}

function weighPlainly(scores: Scores, findings: Findings): Map<string, number> {
  const weights = new Map(scores);
  weighAnswers(weights, findings);
  return weights;
}

/** What a certainty of the model is worth: the less the cues of tasks and answers say, the more. */
const pullBeside = (best: number): number => (best < 2.6 ? 6 : best < 4 ? 4 : 2.5);
/** Likelihood that brings in an intent that no cue speaks for, and the least that is worth a guess where no cue speaks at all. */
const sure = 0.5;
const worthGuessing = 0.2;
/** What a domain makes of scores and findings. `likely` is asked only where it may change something. */
export type Decider = (scores: Scores, findings: Findings, likely: () => ReadonlyMap<string, number>) => Decision;

/** Ties go to the order of the domain's intents. */
export function createDecider({ intents, judgement }: Domain): Decider {
  const { weigh = weighPlainly, settle } = judgement as Judgement;
  const grave = new Set<string>(judgement.grave);
  const tasks = new Set<string>(judgement.tasks);
  return (scores, findings, likely) => {
    const weights = weigh(scores, findings);
    const silent = ![...weights.values()].some((weight) => weight > 0);
    // A bare answer to what was asked is read by its value alone.
    const said = findings.answered || Object.keys(findings.slots).length > 0;
    const answers = findings.choosing || (findings.awaiting !== undefined && said);
    if (silent) return answers ? undecided : guess(likely(), grave);
    if (!answers) lean(weights, scores, findings, likely());
    const chosen = choose(weights, scores, intents, tasks);
    return settle === undefined ? chosen : settle(chosen, findings, scores);
  };
}

/** Adds what the model thinks. */
function lean(weights: Map<string, number>, scores: Scores, findings: Findings, likely: ReadonlyMap<string, number>): void {
  const add = (intent: string, amount: number): void => {
    weights.set(intent, (weights.get(intent) ?? 0) + amount);
  };
  const get = (intent: string): number => likely.get(intent) ?? 0;
  const best = Math.max(0, ...[...scores].map(([intent, weight]) => (light.has(intent) ? 0 : weight)));
  // "Listo, gracias" ends a conversation, and "hasta mañana" names no day: a courtesy is no task, whatever words it is made of.
  if ([...light].some((intent) => (scores.get(intent) ?? 0) >= farewell)) return;
  if (get('greeting') + get('smalltalk') >= sure) {
    const values = Object.keys(findings.slots).length > 0;
    if (findings.awaiting !== 'confirmation' && best < outright && !values)
      add(get('greeting') > get('smalltalk') ? 'greeting' : 'smalltalk', (get('greeting') + get('smalltalk')) * 4);
    return;
  }
  for (const [intent, likelihood] of likely) {
    if (!light.has(intent) && ((weights.get(intent) ?? 0) > 0 || likelihood > sure)) add(intent, likelihood * pullBeside(best));
  }
}

const undecided: Decision = { intent: 'other', confidence: 0.3, alsoIntents: [] };
const rounded = (confidence: number): number => Math.round(confidence * 100) / 100;

/** No cue speaks for anything: the model alone does, with what confidence it has. */
function guess(likely: ReadonlyMap<string, number>, grave: ReadonlySet<string>): Decision {
  const [best] = [...likely].toSorted(([, left], [, right]) => right - left);
  const least = grave.has(best?.[0] ?? 'other') ? sure : worthGuessing;
  if (best === undefined || best[0] === 'other' || best[1] < least) return undecided;
  return { intent: best[0], confidence: rounded(best[1] * 0.8), alsoIntents: [] };
}

function choose(
  weights: ReadonlyMap<string, number>,
  scores: Scores,
  intents: readonly string[],
  tasks: ReadonlySet<string>,
): Decision {
  const ranked = intents
    .map((intent) => ({ intent, weight: weights.get(intent) ?? 0 }))
    .filter(({ weight }) => weight > 0)
    .toSorted((left, right) => right.weight - left.weight);
  const weighty = ranked.find(({ intent, weight }) => weight >= (light.has(intent) ? farewell : outweighsCourtesy));
  const winner = weighty ?? ranked.find(({ intent }) => light.has(intent)) ?? ranked[0];
  if (winner === undefined) return undecided;
  const others = ranked.filter(({ intent, weight }) => intent !== winner.intent && intent !== 'other' && weight >= worthMentioning);
  const rival = others.find(({ intent }) => !light.has(intent));
  const close = rival !== undefined && tasks.has(rival.intent) && rival.weight > winner.weight * 0.9;
  const confidence = (winner.weight / (winner.weight + 1.1)) * (close ? 0.85 : 1);
  return {
    intent: winner.intent,
    confidence: rounded(confidence),
    alsoIntents: others.filter(({ intent }) => (scores.get(intent) ?? 0) >= worthMentioning).map(({ intent }) => intent),
  };
}
