/** A simulated customer: knows what it wants and answers what the agent waits for, in its own way. */
import type { Awaiting } from '../../src/dialogue.ts';
import type { Answer } from './partner.ts';

export type Style = 'brief' | 'chaotic' | 'forgetful' | 'efficient' | 'conversational';

export interface Persona {
  style: Style;
  service: string;
  /** Day and time as this customer says them. */
  when: string;
  name: string;
  email: string;
  phone: string;
  /** Gives up at the confirmation. */
  givesUp: boolean;
}

/** The first message. */
export function opening({ style, service, when, name, email }: Persona): string {
  const openings: Record<Style, string> = {
    brief: `Hola ${service}`,
    chaotic: `${when} ${email} ${name} ${service}`,
    forgetful: `Hola! Quería un turno para ${service.toLowerCase()} porque tengo un evento`,
    efficient: `Hola, soy ${name}, necesito ${service} ${when}, mi mail es ${email}`,
    conversational: `Hola, ¿cómo estás? Quería saber cuánto sale ${service.toLowerCase()}`,
  };
  return openings[style];
}

/** The answer to what was asked; undefined where this customer has what it wants. */
export function answerTo(said: Answer, persona: Persona, turn: number): string | undefined {
  if (said.outcome === 'escalated' || (said.outcome === 'replied' && /c[oó]digo es|code is/i.test(said.text))) return undefined;
  if (persona.givesUp && said.awaiting === 'confirmation') return 'mmm, mejor lo dejo, después llamo';
  if (persona.givesUp && said.outcome === 'replied' && /no reserv/i.test(said.text)) return undefined;
  const fact = factFor(said.awaiting, persona);
  if (fact === undefined) return `Sí, quiero un turno ${persona.when}`;
  if (persona.style === 'forgetful' && turn % 3 === 1) return `Uy, es que ando a mil con el evento... ${fact}`;
  if (persona.style === 'brief' && said.awaiting === 'confirmation') return 'ok dale';
  if (persona.style === 'conversational' && turn % 2 === 1 && said.awaiting !== 'confirmation')
    return `${fact}, ¿puede ser? Gracias!`;
  return fact;
}

function factFor(awaiting: Awaiting | undefined, persona: Persona): string | undefined {
  const facts: Partial<Record<Awaiting, string>> = {
    service: persona.service,
    date: persona.when,
    time: 'el primero',
    name: persona.style === 'forgetful' ? `Soy ${persona.name}` : persona.name,
    contact: persona.style === 'brief' ? persona.phone : persona.email,
    confirmation: 'Sí, confirmo',
    appointment: 'el primero',
    choice: 'otro horario',
    staff: 'con cualquiera',
  };
  return awaiting === undefined ? undefined : facts[awaiting];
}
