/** Plays a scenario without a model, and scores it: each rubric point with the turn that proves it. */
import { foldText } from '../../../src/dialogue.ts';
import type { Scenario, Spoken } from './scenario.ts';

export interface SimulatorState {
  /** What the candidate said so far. */
  said: readonly string[];
  told: readonly string[];
  /** Prompts that were used. */
  prompted: number;
}

export interface SimulatorTurn {
  reply: string;
  state: SimulatorState;
  ended: boolean;
}

export interface SimulatorScore {
  /** Of 100. */
  points: number;
  rubric: readonly {
    id: string;
    describes: string;
    points: number;
    earned: number;
    provedBy: { turn: number; text: string } | undefined;
  }[];
  /** Facts that were never asked for. */
  missed: readonly string[];
}

type Language = 'es' | 'en';

export function beginSimulation(scenario: Scenario, language: Language): SimulatorTurn & { briefing: string } {
  return {
    briefing: inLanguage(scenario.briefing, language),
    reply: inLanguage(scenario.opening, language),
    state: { said: [], told: [], prompted: 0 },
    ended: false,
  };
}

/** Pure: the same state and message give the same reply. After the last turn nothing changes. */
export function simulate(scenario: Scenario, state: SimulatorState, message: string, language: Language): SimulatorTurn {
  if (state.said.length >= scenario.turns) return { reply: inLanguage(scenario.closing, language), state, ended: true };
  const said = [...state.said, message];
  const folded = foldText(message);
  const asked = scenario.facts.filter(({ id, cues }) => !state.told.includes(id) && shows(folded, cues)).slice(0, 2);
  const told = [...state.told, ...asked.map(({ id }) => id)];
  if (said.length >= scenario.turns) {
    const last = [...asked.map(({ tells }) => tells), scenario.closing].map((each) => inLanguage(each, language));
    return { reply: last.join(' '), state: { said, told, prompted: state.prompted }, ended: true };
  }
  if (asked.length > 0)
    return {
      reply: asked.map(({ tells }) => inLanguage(tells, language)).join(' '),
      state: { said, told, prompted: state.prompted },
      ended: false,
    };
  const prompt = scenario.prompts[state.prompted % scenario.prompts.length] ?? scenario.opening;
  return { reply: inLanguage(prompt, language), state: { said, told, prompted: state.prompted + 1 }, ended: false };
}

export function scoreSimulation(scenario: Scenario, { said, told }: SimulatorState, language: Language): SimulatorScore {
  const rubric = scenario.rubric.map(({ id, describes, points, shownBy, fromTurn = 1, unless }) => {
    const at = said.findIndex((text, index) => {
      const folded = foldText(text);
      return (
        index + 1 >= fromTurn && shownBy.every((cues) => shows(folded, cues)) && (unless === undefined || !shows(folded, unless))
      );
    });
    const text = said[at];
    return {
      id,
      describes: inLanguage(describes, language),
      points,
      earned: text === undefined ? 0 : points,
      provedBy: text === undefined ? undefined : { turn: at + 1, text },
    };
  });
  return {
    points: rubric.reduce((sum, { earned }) => sum + earned, 0),
    rubric,
    missed: scenario.facts.filter(({ id }) => !told.includes(id)).map(({ id }) => id),
  };
}

/** The beginning of a word is enough: "usuari" is shown by "usuarios". */
function shows(folded: string, cues: readonly string[]): boolean {
  return cues.some((cue) => {
    const plain = foldText(cue)
      .replaceAll('+', ' ')
      .replace(/[.*?^${}()|[\]\\]/g, '\\$&');
    return new RegExp(`(?<![\\p{L}\\d])${plain.replace(/\s+/g, '\\s+')}`, 'u').test(folded);
  });
}

function inLanguage(text: Spoken, language: Language): string {
  return (language === 'en' ? text.en : undefined) ?? text.es;
}
