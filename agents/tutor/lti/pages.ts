/** Pages around a launch. All texts of others are escaped; data for scripts is JSON that holds no markup. */
import type { PageAnswer, PageCookie } from '../../../src/index.ts';
import type { Choice } from './deep-linking.ts';
import type { Begun } from './login.ts';
import { originOf } from './login.ts';
import { studentScript, teacherScript } from './scripts.ts';

type Language = 'es' | 'en';

export function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

function dataFor(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c').replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
}

const styles = `:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}body{margin:0 auto;max-width:60rem;padding:1rem}
h1{font-size:1.3rem}button,select,textarea{font:inherit}button{padding:.4rem 1rem}table{border-collapse:collapse;width:100%}
th,td{text-align:left;padding:.3rem .5rem;border-bottom:1px solid #8886}.said{white-space:pre-wrap;overflow-wrap:anywhere;padding:.6rem .8rem;border-radius:.5rem;
background:#8881;margin:.5rem 0}.mine{background:#1d4ed822;margin-left:15%}textarea{width:100%;box-sizing:border-box;min-height:7rem;font-family:ui-monospace,monospace}
label{display:block;padding:.3rem 0}`;

interface Document {
  language: Language;
  title: string;
  body: string;
  data?: unknown;
  script?: string;
}

function documentOf({ language, title, body, data, script }: Document): (nonce: string) => string {
  return (
    nonce,
  ) => `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="referrer" content="no-referrer"><title>${escaped(title)}</title><style nonce="${nonce}">${styles}</style></head><body>${body}${
    data === undefined ? '' : `<script type="application/json" id="data">${dataFor(data)}</script>`
  }${script === undefined ? '' : `<script nonce="${nonce}" type="module">${script}</script>`}</body></html>`;
}

/** What did not work, in both languages: which one the reader has is not known. */
export function troublePage({ es, en }: { es: string; en: string }, framedBy: readonly string[], status = 400): PageAnswer {
  const body = `<main role="alert"><p lang="es">${escaped(es)}</p><p lang="en">${escaped(en)}</p></main>`;
  return { kind: 'page', status, framedBy, html: documentOf({ language: 'es', title: 'Timonel', body }) };
}

/** Has the page around ours keep what this browser brings back, where its cookies are blocked, and goes on. */
export function storingPage(begun: Begun, target: string, cookies: readonly PageCookie[]): PageAnswer {
  const { id, browser, address, platform } = begun;
  return {
    kind: 'page',
    framedBy: framesOf(platform.authorizationUrl),
    cookies,
    html: documentOf({
      language: 'en',
      title: 'Timonel',
      body: `<p role="status">…</p><noscript><a href="${escaped(address)}">Continue</a></noscript>`,
      data: {
        target,
        origin: originOf(platform.authorizationUrl),
        message: { subject: 'lti.put_data', key: `timonel-${id}`, value: browser },
        address,
      },
      script: `${askAround}
const { address } = data;
await ask(data.message);
location.replace(address);`,
    }),
  };
}

/** Asks the page around ours for what it kept, and posts it. Without an answer the link is opened in a window of its own, where cookies work. */
export function provingPage(at: {
  launchId: string;
  state: string;
  enterAddress: string;
  loginAddress: string;
  login: Readonly<Record<string, unknown>>;
  storageTarget: string | undefined;
  authorizationUrl: string;
}): PageAnswer {
  const fields = Object.entries(at.login).flatMap(([name, value]) =>
    typeof value === 'string' && name !== 'lti_storage_target'
      ? [`<input type="hidden" name="${escaped(name)}" value="${escaped(value)}">`]
      : [],
  );
  return {
    kind: 'page',
    framedBy: framesOf(at.authorizationUrl),
    // Browsers hold the whole way of a form to the policy: the one that begins anew is redirected there.
    postsTo: framesOf(at.authorizationUrl),
    html: documentOf({
      language: 'es',
      title: 'Timonel',
      body: `<form id="enter" method="post" action="${escaped(at.enterAddress)}" hidden><input name="state" value="${escaped(at.state)}"><input name="browser" id="browser"></form>
<form id="anew" method="post" action="${escaped(at.loginAddress)}" target="_blank"${at.storageTarget === undefined ? '' : ' hidden'}>
<p lang="es">Tu navegador no deja guardar datos dentro de esta página.</p><p lang="en">Your browser keeps no data within this page.</p>
${fields.join('')}<button>Abrir en otra ventana / Open in a new window</button></form>`,
      data: {
        target: at.storageTarget ?? null,
        origin: originOf(at.authorizationUrl),
        message: { subject: 'lti.get_data', key: `timonel-${at.launchId}` },
      },
      script: `${askAround}
const answer = data.target === null ? undefined : await ask(data.message);
if (typeof answer?.value === 'string') {
  document.getElementById('browser').value = answer.value;
  document.getElementById('enter').submit();
} else document.getElementById('anew').hidden = false;`,
    }),
  };
}

/** Asks the frame that keeps data for us (LTI postMessage storage); `undefined` where nothing answers within two seconds. */
const askAround = `const data = JSON.parse(document.getElementById('data').textContent);
function ask(message) {
  const around = window.opener ?? window.parent;
  let frame = around;
  try { if (data.target !== '_parent') frame = around.frames[data.target] ?? around; } catch { frame = around; }
  const id = crypto.randomUUID();
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(undefined), 2000);
    addEventListener('message', (event) => {
      if (event.origin !== data.origin || event.data?.message_id !== id || event.data.subject !== message.subject + '.response') return;
      clearTimeout(timer);
      resolve(event.data.error ? undefined : event.data);
    });
    frame.postMessage({ ...message, message_id: id }, data.origin);
  });
}`;

export interface Session {
  accessToken: string;
  refreshToken: string;
}

export function studentPage(at: {
  session: Session;
  language: Language;
  title: string;
  exercise: string | null;
  conversationId: string | undefined;
  authorizationUrl: string;
}): PageAnswer {
  const spanish = at.language === 'es';
  const { session, exercise, conversationId, language } = at;
  return {
    kind: 'page',
    framedBy: framesOf(at.authorizationUrl),
    html: documentOf({
      language,
      title: at.title,
      body: `<main><h1>${escaped(at.title)}</h1><div id="log" role="log" aria-live="polite"></div>
<form id="say"><label for="text">${spanish ? 'Tu mensaje o tu programa' : 'Your message or your program'}</label><textarea id="text" required></textarea>
<button>${spanish ? 'Enviar' : 'Send'}</button></form></main>`,
      data: {
        session,
        exercise,
        conversation: conversationId ?? null,
        first: exercise ?? (spanish ? 'hola' : 'hello'),
        failed: spanish ? 'No se pudo enviar. Probá de nuevo.' : 'It could not be sent. Try again.',
        over: spanish
          ? 'Tu sesión terminó: abrí el enlace del curso otra vez.'
          : 'Your session is over: open the link in the course again.',
      },
      script: studentScript,
    }),
  };
}

export function teacherPage(at: {
  session: Session;
  language: Language;
  course: { code: string; title: string };
  authorizationUrl: string;
}): PageAnswer {
  const spanish = at.language === 'es';
  const heads = spanish
    ? ['Nombre', 'Ejercicio', 'Estado', 'Falla', 'Minutos', 'Pistas', 'Aprobados']
    : ['Name', 'Exercise', 'State', 'Fails', 'Minutes', 'Hints', 'Passed'];
  return {
    kind: 'page',
    framedBy: framesOf(at.authorizationUrl),
    html: documentOf({
      language: at.language,
      title: at.course.title,
      body: `<main><h1>${escaped(at.course.title)}</h1><table><thead><tr>${heads.map((head) => `<th scope="col">${head}</th>`).join('')}</tr></thead>
<tbody id="class"></tbody></table><p id="status" role="status"></p></main>`,
      data: {
        session: at.session,
        course: at.course.code,
        states: spanish
          ? { 'not-begun': 'sin empezar', working: 'trabajando', stuck: 'trabado', passed: 'aprobado' }
          : { 'not-begun': 'not begun', working: 'working', stuck: 'stuck', passed: 'passed' },
        empty: spanish ? 'Todavía no hay estudiantes.' : 'There are no students yet.',
        over: spanish
          ? 'Tu sesión terminó: abrí el enlace del curso otra vez.'
          : 'Your session is over: open the link in the course again.',
      },
      script: teacherScript,
    }),
  };
}

export function choosingPage(at: {
  ticket: string;
  chooseAddress: string;
  choices: readonly Choice[];
  language: Language;
  authorizationUrl: string;
}): PageAnswer {
  const spanish = at.language === 'es';
  const options = at.choices.map(
    ({ code, title, activity }) =>
      `<label><input type="radio" name="exercise" value="${escaped(code)}" required> ${escaped(activity)}: ${escaped(title)}</label>`,
  );
  const none = spanish ? 'El curso no tiene ejercicios todavía.' : 'The course has no exercises yet.';
  return {
    kind: 'page',
    framedBy: framesOf(at.authorizationUrl),
    html: documentOf({
      language: at.language,
      title: 'Timonel',
      body: `<main><form method="post" action="${escaped(at.chooseAddress)}"><input type="hidden" name="ticket" value="${escaped(at.ticket)}">
<fieldset><legend>${spanish ? 'Ejercicio' : 'Exercise'}</legend>${options.join('') || none}</fieldset>
<button>${spanish ? 'Elegir' : 'Choose'}</button> <button name="cancel" value="1" formnovalidate>${spanish ? 'Cancelar' : 'Cancel'}</button></form></main>`,
    }),
  };
}

/** Posts the answer back to the platform. */
export function returningPage(at: { returnUrl: string; jwt: string; authorizationUrl: string }): PageAnswer {
  return {
    kind: 'page',
    framedBy: framesOf(at.authorizationUrl),
    postsTo: [originOf(at.returnUrl), originOf(at.authorizationUrl)],
    html: documentOf({
      language: 'en',
      title: 'Timonel',
      body: `<form id="back" method="post" action="${escaped(at.returnUrl)}"><input type="hidden" name="JWT" value="${escaped(at.jwt)}">
<noscript><button>Continue</button></noscript></form>`,
      script: `document.getElementById('back').submit();`,
    }),
  };
}

/** Closes the window that a platform opened to register. */
export function registeredPage(name: string, framedBy: readonly string[]): PageAnswer {
  return {
    kind: 'page',
    framedBy,
    html: documentOf({
      language: 'es',
      title: 'Timonel',
      body: `<p role="status">${escaped(name)}: registrado / registered.</p>`,
      script: `(window.opener ?? window.parent).postMessage({ subject: 'org.imsglobal.lti.close' }, '*');`,
    }),
  };
}

/** Pages of the platform may show ours. */
export function framesOf(address: string): string[] {
  const origin = originOf(address);
  return /^https?:\/\/[A-Za-z0-9.-]+(:\d+)?$/.test(origin) ? [origin] : [];
}
