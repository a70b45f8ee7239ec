/** What the mails say. Plain text: it arrives everywhere, and shows where a link really goes. */
import type { HandoffReason } from '../../vocabulary.ts';

export type MailLanguage = 'es' | 'en';

/** A mail to be written, by what it is for. Links are whole and start with the public URL. */
export type MailContent =
  | { kind: 'verify-email'; name: string; link: string; hours: number }
  | { kind: 'reset-password'; name: string; link: string; minutes: number }
  | { kind: 'invitation'; workspace: string; invitedBy: string; link: string; days: number }
  | { kind: 'already-registered'; name: string; link: string }
  | { kind: 'password-changed'; name: string; link: string }
  | { kind: 'second-factor-changed'; name: string; change: SecondFactorChange; link: string }
  | { kind: 'sign-in-linked'; name: string; issuer: string; link: string }
  | {
      kind: 'handoff-waiting';
      workspace: string;
      agent: string;
      reason: HandoffReason;
      urgent: boolean;
      minutes: number;
      link: string;
      /** The last messages, where an answer to the mail reaches the customer. */
      said?: readonly string[] | undefined;
    }
  /** The customer wrote to somebody who answers by mail. */
  | { kind: 'handoff-message'; workspace: string; said: readonly string[]; link: string }
  /** What somebody answered by mail did not reach the customer. */
  | { kind: 'handoff-answer-refused'; reason: AnswerRefusal }
  | { kind: 'keys-to-confirm'; name: string; workspace: string; keys: readonly string[]; link: string };

/** Why an answer by mail is taken from nobody. */
export type AnswerRefusal = 'forged' | 'expired' | 'not-proven' | 'may-not' | 'closed' | 'somebody-else' | 'empty';

/** What became of a person's second factor. */
export type SecondFactorChange = 'on' | 'off' | 'recovery-code-used';

export interface MailText {
  subject: string;
  text: string;
}

/** Writes a mail. */
export function writeMail(content: MailContent, language: MailLanguage): MailText {
  const { subject, lines } = language === 'es' ? spanish(content) : english(content);
  return { subject: subject.replace(/\s+/g, ' '), text: `${lines.join('\n\n')}\n` };
}

interface Draft {
  subject: string;
  lines: string[];
}

function spanish(content: MailContent): Draft {
  switch (content.kind) {
    case 'verify-email':
      return {
        subject: 'Confirmá tu correo',
        lines: [
          `Hola, ${content.name}:`,
          'Para terminar de crear tu cuenta en Timonel, abrí este enlace:',
          content.link,
          `Vale ${content.hours} horas y se usa una sola vez. Si no creaste ninguna cuenta, no hagas nada: sin confirmar no sirve.`,
        ],
      };
    case 'reset-password':
      return {
        subject: 'Elegí una contraseña nueva',
        lines: [
          `Hola, ${content.name}:`,
          'Alguien, esperamos que vos, pidió cambiar la contraseña de tu cuenta en Timonel. Elegí la nueva acá:',
          content.link,
          `Vale ${content.minutes} minutos y se usa una sola vez. Si no fuiste vos, no hagas nada: tu contraseña sigue siendo la misma.`,
        ],
      };
    case 'invitation':
      return {
        subject: `${content.invitedBy} te invita a ${content.workspace}`,
        lines: [
          'Hola:',
          `${content.invitedBy} te invita a trabajar en «${content.workspace}», en Timonel. Para aceptar, abrí este enlace:`,
          content.link,
          `Vale ${content.days} días. Si no esperabas esta invitación, no hagas nada.`,
        ],
      };
    case 'already-registered':
      return {
        subject: 'Ya tenés una cuenta',
        lines: [
          `Hola, ${content.name}:`,
          'Alguien quiso crear una cuenta en Timonel con este correo, y ya tenés una. Si fuiste vos y no recordás la contraseña, elegí otra acá:',
          content.link,
          'Si no fuiste vos, no hagas nada: no cambió nada.',
        ],
      };
    case 'password-changed':
      return {
        subject: 'Tu contraseña cambió',
        lines: [
          `Hola, ${content.name}:`,
          'La contraseña de tu cuenta en Timonel se acaba de cambiar, y se cerraron las demás sesiones.',
          'Si no fuiste vos, elegí otra enseguida y avisale a quien administra tu espacio:',
          content.link,
        ],
      };
    case 'second-factor-changed':
      return {
        subject: secondFactorSubjects.es[content.change],
        lines: [
          `Hola, ${content.name}:`,
          `${secondFactorSubjects.es[content.change]}. Fue recién.`,
          'Si no fuiste vos, elegí otra contraseña enseguida y avisale a quien administra tu espacio:',
          content.link,
        ],
      };
    case 'sign-in-linked':
      return {
        subject: 'Una forma nueva de entrar a tu cuenta',
        lines: [
          `Hola, ${content.name}:`,
          `Desde ahora se puede entrar a tu cuenta en Timonel con ${content.issuer}.`,
          'Si no fuiste vos, elegí otra contraseña enseguida y avisale a quien administra tu espacio:',
          content.link,
        ],
      };
    case 'handoff-waiting':
      return {
        subject: `${content.urgent ? 'Urgente: a' : 'A'}lguien espera a una persona en ${content.workspace}`,
        lines: [
          'Hola:',
          `Una conversación con el agente ${content.agent} espera a una persona: ${handoffReasonTexts.es[content.reason]}.`,
          `Conviene tomarla en ${content.minutes} minutos:`,
          content.link,
          ...answerable('es', content.said),
        ],
      };
    case 'handoff-message':
      return {
        subject: `Te escribieron en ${content.workspace}`,
        lines: ['Hola:', 'Hay mensajes nuevos en una conversación que tenés vos:', ...answerable('es', content.said), content.link],
      };
    case 'handoff-answer-refused':
      return {
        subject: 'Tu respuesta no le llegó al cliente',
        lines: ['Hola:', `Lo que contestaste por correo no le llegó al cliente: ${refusalTexts.es[content.reason]}.`],
      };
    case 'keys-to-confirm':
      return {
        subject: `Claves de API de ${content.workspace} que nadie respalda`,
        lines: [
          `Hola, ${content.name}:`,
          `Quien hizo estas claves de API de «${content.workspace}» ya no puede hacerlas: ${content.keys.join(', ')}.`,
          'Siguen funcionando, pero no pueden dar permisos a nadie. Confirmalas si hacen falta, o revocalas:',
          content.link,
        ],
      };
  }
}

function english(content: MailContent): Draft {
  switch (content.kind) {
    case 'verify-email':
      return {
        subject: 'Confirm your address',
        lines: [
          `Hello ${content.name},`,
          'To finish making your Timonel account, open this link:',
          content.link,
          `It is good for ${content.hours} hours, once. If you made no account, do nothing: it is of no use without this.`,
        ],
      };
    case 'reset-password':
      return {
        subject: 'Choose a new password',
        lines: [
          `Hello ${content.name},`,
          'Somebody, we hope you, asked to change the password of your Timonel account. Choose the new one here:',
          content.link,
          `It is good for ${content.minutes} minutes, once. If it was not you, do nothing: your password stays what it is.`,
        ],
      };
    case 'invitation':
      return {
        subject: `${content.invitedBy} invites you to ${content.workspace}`,
        lines: [
          'Hello,',
          `${content.invitedBy} invites you to work in “${content.workspace}” on Timonel. To accept, open this link:`,
          content.link,
          `It is good for ${content.days} days. If you did not expect it, do nothing.`,
        ],
      };
    case 'already-registered':
      return {
        subject: 'You have an account already',
        lines: [
          `Hello ${content.name},`,
          'Somebody wanted to make a Timonel account with this address, and you have one. If it was you and you forgot the password, choose another one here:',
          content.link,
          'If it was not you, do nothing: nothing has changed.',
        ],
      };
    case 'password-changed':
      return {
        subject: 'Your password was changed',
        lines: [
          `Hello ${content.name},`,
          'The password of your Timonel account was changed just now, and other sessions were ended.',
          'If it was not you, choose another one at once and tell whoever administers your workspace:',
          content.link,
        ],
      };
    case 'second-factor-changed':
      return {
        subject: secondFactorSubjects.en[content.change],
        lines: [
          `Hello ${content.name},`,
          `${secondFactorSubjects.en[content.change]}. It happened just now.`,
          'If it was not you, choose another password at once and tell whoever administers your workspace:',
          content.link,
        ],
      };
    case 'sign-in-linked':
      return {
        subject: 'A new way into your account',
        lines: [
          `Hello ${content.name},`,
          `From now on ${content.issuer} opens your Timonel account.`,
          'If it was not you, choose another password at once and tell whoever administers your workspace:',
          content.link,
        ],
      };
    case 'handoff-waiting':
      return {
        subject: `${content.urgent ? 'Urgent: s' : 'S'}omebody waits for a person in ${content.workspace}`,
        lines: [
          'Hello,',
          `A conversation with the agent ${content.agent} waits for a person: ${handoffReasonTexts.en[content.reason]}.`,
          `It should be taken within ${content.minutes} minutes:`,
          content.link,
          ...answerable('en', content.said),
        ],
      };
    case 'handoff-message':
      return {
        subject: `You were written to in ${content.workspace}`,
        lines: [
          'Hello,',
          'There are new messages in a conversation that you have:',
          ...answerable('en', content.said),
          content.link,
        ],
      };
    case 'handoff-answer-refused':
      return {
        subject: 'Your answer did not reach the customer',
        lines: ['Hello,', `What you answered by mail did not reach the customer: ${refusalTexts.en[content.reason]}.`],
      };
    case 'keys-to-confirm':
      return {
        subject: `API keys of ${content.workspace} that nobody answers for`,
        lines: [
          `Hello ${content.name},`,
          `The maker of these API keys of “${content.workspace}” may no longer make them: ${content.keys.join(', ')}.`,
          'They go on working, and can give nobody any permission. Confirm them where they are needed, or revoke them:',
          content.link,
        ],
      };
  }
}

const answerLines: Readonly<Record<MailLanguage, string>> = {
  es: 'Contestá este correo y tu respuesta le llega al cliente. Con #devolver en la primera línea la conversación vuelve al agente; con #close se cierra.',
  en: 'Answer this mail, and the customer gets your answer. With #handback as the first line the agent has the conversation again; #close closes it.',
};

function answerable(language: MailLanguage, said: readonly string[] | undefined): string[] {
  return said === undefined ? [] : [said.map((line) => `| ${line.replaceAll('\n', '\n| ')}`).join('\n'), answerLines[language]];
}

const refusalTexts: Readonly<Record<MailLanguage, Readonly<Record<AnswerRefusal, string>>>> = {
  es: {
    forged: 'no es la respuesta a un aviso de este sistema',
    expired: 'el aviso venció; contestá desde la bandeja de entrada',
    'not-proven': 'no se pudo comprobar que el correo sea tuyo',
    'may-not': 'no podés contestar en esa conversación',
    closed: 'la conversación ya volvió al agente o se cerró',
    'somebody-else': 'otra persona tiene la conversación',
    empty: 'el correo no dice nada',
  },
  en: {
    forged: 'it is no answer to a notice of this system',
    expired: 'the notice has expired; answer from the inbox',
    'not-proven': 'it is not proven that the mail is yours',
    'may-not': 'you may not answer in that conversation',
    closed: 'the agent has the conversation again, or it is closed',
    'somebody-else': 'somebody else has the conversation',
    empty: 'the mail says nothing',
  },
};

const handoffReasonTexts: Readonly<Record<MailLanguage, Readonly<Record<HandoffReason, string>>>> = {
  es: {
    escalated: 'el agente la pasó',
    approval: 'hay algo que aprobar',
    misunderstood: 'el agente no entendió dos veces seguidas',
    failed: 'el agente falló',
    undelivered: 'un mensaje no le llegó al cliente',
    taken: 'alguien la tomó',
    assigned: 'está asignada',
  },
  en: {
    escalated: 'the agent passed it on',
    approval: 'something has to be approved',
    misunderstood: 'the agent did not understand twice in a row',
    failed: 'the agent failed',
    undelivered: 'a message did not reach the customer',
    taken: 'somebody took it',
    assigned: 'it is assigned',
  },
};

const secondFactorSubjects: Readonly<Record<MailLanguage, Readonly<Record<SecondFactorChange, string>>>> = {
  es: {
    on: 'Se activó el segundo factor de tu cuenta',
    off: 'Se desactivó el segundo factor de tu cuenta',
    'recovery-code-used': 'Alguien entró a tu cuenta con un código de recuperación',
  },
  en: {
    on: 'The second factor of your account was turned on',
    off: 'The second factor of your account was turned off',
    'recovery-code-used': 'A recovery code opened your account',
  },
};
