/** What each channel wants to know of an account. Names are those of the settings and secrets of the API; `imap.host` is in an object. */
import type { Json } from '../../api/operations.ts';
import type { ChannelName } from './shapes.ts';

interface Text {
  es: string;
  en: string;
}

export interface SettingField {
  name: string;
  label: Text;
  hint?: Text;
  kind: 'text' | 'number' | 'boolean' | 'lines' | 'choice';
  choices?: readonly string[];
  required?: boolean;
  /** Stays as it was when the connection was made. */
  fixed?: boolean;
}

export interface SecretField {
  name: string;
  label: Text;
  hint?: Text;
  /** Made by the server where it is not given. */
  optional?: boolean;
}

export interface ChannelKind {
  settings: readonly SettingField[];
  secrets: readonly SecretField[];
}

const server = (name: 'imap' | 'smtp'): SettingField[] => {
  const title = name.toUpperCase();
  return [
    { name: `${name}.host`, label: { es: `Servidor ${title}`, en: `${title} server` }, kind: 'text', required: true },
    { name: `${name}.port`, label: { es: `Puerto ${title}`, en: `${title} port` }, kind: 'number' },
    {
      name: `${name}.tls`,
      label: { es: `Cifrado ${title}`, en: `${title} encryption` },
      kind: 'choice',
      choices: ['tls', 'starttls', 'none'],
    },
    {
      name: `${name}.user`,
      label: { es: `Usuario ${title}`, en: `${title} user` },
      hint: { es: 'La dirección, si está vacío.', en: 'The address where empty.' },
      kind: 'text',
    },
  ];
};

export const channelKinds: Record<ChannelName, ChannelKind> = {
  whatsapp: {
    settings: [
      {
        name: 'phoneNumberId',
        label: { es: 'Id del número', en: 'Phone number id' },
        hint: { es: 'En Meta: WhatsApp > API Setup.', en: 'At Meta: WhatsApp > API Setup.' },
        kind: 'text',
        required: true,
        fixed: true,
      },
      {
        name: 'businessAccount',
        label: { es: 'Id de la cuenta de WhatsApp Business', en: 'WhatsApp Business account id' },
        hint: { es: 'Hace falta para ver las plantillas.', en: 'Needed to look at templates.' },
        kind: 'text',
      },
    ],
    secrets: [
      { name: 'accessToken', label: { es: 'Token de acceso', en: 'Access token' } },
      { name: 'appSecret', label: { es: 'Secreto de la aplicación', en: 'App secret' } },
      {
        name: 'verifyToken',
        label: { es: 'Token de verificación', en: 'Verify token' },
        hint: { es: 'Lo elegís vos y lo repetís en Meta.', en: 'You choose it, and repeat it at Meta.' },
      },
    ],
  },
  telegram: {
    settings: [
      {
        name: 'botId',
        label: { es: 'Id del bot', en: 'Bot id' },
        hint: { es: 'El número delante de los dos puntos del token.', en: 'The number before the colon of the token.' },
        kind: 'text',
        required: true,
        fixed: true,
      },
    ],
    secrets: [
      { name: 'token', label: { es: 'Token de BotFather', en: 'Token of BotFather' } },
      {
        name: 'webhookSecret',
        label: { es: 'Secreto del webhook', en: 'Webhook secret' },
        hint: { es: '8 letras, números, _ y - o más; lo elegís vos.', en: '8 letters, digits, _ and - or more; you choose it.' },
      },
    ],
  },
  twilio: {
    settings: [
      { name: 'accountSid', label: { es: 'SID de la cuenta', en: 'Account SID' }, kind: 'text', required: true },
      {
        name: 'from',
        label: { es: 'Número', en: 'Number' },
        hint: { es: '+15557122661 o whatsapp:+15557122661', en: '+15557122661 or whatsapp:+15557122661' },
        kind: 'text',
        required: true,
        fixed: true,
      },
    ],
    secrets: [{ name: 'authToken', label: { es: 'Token de autenticación', en: 'Auth token' } }],
  },
  email: {
    settings: [
      { name: 'address', label: { es: 'Dirección', en: 'Address' }, kind: 'text', required: true, fixed: true },
      { name: 'displayName', label: { es: 'Nombre que se ve', en: 'Display name' }, kind: 'text' },
      ...server('imap'),
      ...server('smtp'),
      {
        name: 'handoffReplies',
        label: { es: 'La gente del espacio responde avisos por correo', en: 'People answer notices by mail' },
        kind: 'boolean',
      },
    ],
    secrets: [
      { name: 'password', label: { es: 'Contraseña', en: 'Password' } },
      {
        name: 'smtpPassword',
        label: { es: 'Contraseña SMTP', en: 'SMTP password' },
        hint: { es: 'La misma, si está vacía.', en: 'The same where empty.' },
        optional: true,
      },
    ],
  },
  web: {
    settings: [
      {
        name: 'origins',
        label: { es: 'Páginas que muestran el chat', en: 'Pages that show the chat' },
        hint: {
          es: 'Una por línea, con esquema y sin barra al final: https://www.example.com',
          en: 'One per line, with the scheme and no slash at the end: https://www.example.com',
        },
        kind: 'lines',
        required: true,
      },
      { name: 'title', label: { es: 'Título de la ventana', en: 'Title of the window' }, kind: 'text' },
      { name: 'greeting', label: { es: 'Saludo', en: 'Greeting' }, kind: 'text' },
      {
        name: 'color',
        label: { es: 'Color', en: 'Colour' },
        hint: { es: 'Por ejemplo #0f766e', en: 'E.g. #0f766e' },
        kind: 'text',
      },
      { name: 'files', label: { es: 'Los visitantes mandan archivos', en: 'Visitors may send files' }, kind: 'boolean' },
    ],
    secrets: [
      {
        name: 'visitorKey',
        label: { es: 'Clave de los visitantes', en: 'Key of visitors' },
        hint: { es: 'Se crea sola, si está vacía.', en: 'Made by itself where empty.' },
        optional: true,
      },
    ],
  },
};

export const commonFields: readonly SettingField[] = [
  { name: 'language', label: { es: 'Idioma del canal', en: 'Language of the channel' }, kind: 'choice', choices: ['es', 'en'] },
  {
    name: 'conversationHours',
    label: { es: 'Horas hasta una conversación nueva', en: 'Hours until a new conversation' },
    kind: 'number',
  },
  {
    name: 'quietMs',
    label: { es: 'Espera por más mensajes, en milisegundos', en: 'Wait for more messages, in milliseconds' },
    kind: 'number',
  },
  { name: 'voiceReplies', label: { es: 'Responde con voz a quien habló', en: 'Speaks to those who spoke' }, kind: 'boolean' },
];

type Settings = Readonly<Record<string, Json>>;

/** What a field shows of settings. */
export function shownOf({ name, kind }: SettingField, settings: Settings): string {
  const [outer = '', inner] = name.split('.');
  const value = inner === undefined ? settings[outer] : (settings[outer] as Settings | undefined)?.[inner];
  if (value === undefined || value === null) return kind === 'boolean' ? 'false' : '';
  if (Array.isArray(value)) return value.join('\n');
  return String(value);
}

/** The settings that texts of fields make; what is empty is left out. */
export function settingsOf(fields: readonly SettingField[], texts: Readonly<Record<string, string>>): Record<string, Json> {
  const settings: Record<string, Json> = {};
  for (const { name, kind } of fields) {
    const text = (texts[name] ?? '').trim();
    if (text === '') continue;
    const [outer = '', inner] = name.split('.');
    const value = settingValue(kind, text);
    if (inner === undefined) settings[outer] = value;
    else settings[outer] = { ...(settings[outer] as Record<string, Json> | undefined), [inner]: value };
  }
  return settings;
}

function settingValue(kind: SettingField['kind'], text: string): Json {
  if (kind === 'number') return Number(text);
  if (kind === 'boolean') return text === 'true';
  if (kind === 'lines')
    return text
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '');
  return text;
}
