/** What the widget says, in the languages that Timonel speaks. */

/** @typedef {keyof typeof english} WordName */
/** @typedef {(name: WordName) => string} Say */

const english = {
  title: 'Chat with us',
  open: 'Open the chat',
  close: 'Close the chat',
  unread: 'new messages',
  log: 'Conversation',
  write: 'Write a message',
  send: 'Send',
  attach: 'Attach a file',
  options: 'Answers to choose from',
  you: 'You',
  agent: 'Assistant',
  person: 'Our team',
  agentAnswers: 'The assistant answers',
  personAnswers: 'A person of the team answers now',
  working: 'Writing…',
  connecting: 'Connecting…',
  offline: 'No connection. What you write is sent when it is back.',
  sending: 'Sending…',
  failed: 'Not sent',
  again: 'Try again',
  slow: 'That was a lot at once. It is sent in a moment.',
  tooLarge: 'The file is too large.',
  place: 'Place on the map',
  download: 'Download',
};

/** @type {typeof english} */
const spanish = {
  title: 'Chateá con nosotros',
  open: 'Abrir el chat',
  close: 'Cerrar el chat',
  unread: 'mensajes nuevos',
  log: 'Conversación',
  write: 'Escribí un mensaje',
  send: 'Enviar',
  attach: 'Adjuntar un archivo',
  options: 'Respuestas para elegir',
  you: 'Vos',
  agent: 'Asistente',
  person: 'Nuestro equipo',
  agentAnswers: 'Responde el asistente',
  personAnswers: 'Ahora responde una persona del equipo',
  working: 'Escribiendo…',
  connecting: 'Conectando…',
  offline: 'Sin conexión. Lo que escribas se envía cuando vuelva.',
  sending: 'Enviando…',
  failed: 'No se envió',
  again: 'Reintentar',
  slow: 'Fueron muchos mensajes juntos. Se envía en un momento.',
  tooLarge: 'El archivo es demasiado grande.',
  place: 'Lugar en el mapa',
  download: 'Descargar',
};

/**
 * @param {string} language of the page, e.g. `es-AR`
 * @param {'es' | 'en'} otherwise where the page says none of ours
 */
export function languageOf(language, otherwise) {
  const own = language.slice(0, 2).toLowerCase();
  return own === 'es' || own === 'en' ? own : otherwise;
}

/**
 * @param {'es' | 'en'} language
 * @returns {Say}
 */
export function wordsOf(language) {
  const words = language === 'es' ? spanish : english;
  return (name) => words[name];
}
