/** The page on which a customer sees, moves and cancels an appointment: plain HTML without scripts, written on the server. */
import type { LocalizedText, PageAnswer } from '../../src/index.ts';
import type { Settings } from './catalogue.ts';
import type { AppointmentRecord } from './customers.ts';
import { localTime } from './local-time.ts';
import { type Notice, type PageLanguage, pageWords } from './page-words.ts';

/** A start time that can be had. */
export interface OfferedTime {
  date: string;
  time: string;
  staff: string;
}

/** The free times of a day; `others` where it has none. */
export interface OfferedDay {
  date: string;
  first: string;
  last: string;
  before: string | undefined;
  after: string | undefined;
  times: readonly OfferedTime[];
  others: readonly OfferedTime[];
  /** Where that day costs something else. */
  price: number | undefined;
}

export interface PageState {
  language: PageLanguage;
  /** The signed link that the page was opened with. */
  link: string;
  timeZone: string;
  now: number;
  notice: Notice | undefined;
  settings: Settings;
  appointment: AppointmentRecord;
  /** Why nothing can be changed by it any more; the house still can. */
  refused: LocalizedText | undefined;
}

const styles = `*{box-sizing:border-box}:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif;--line:#8887;--ink:light-dark(#1b1f24,#e8eaed);
--paper:light-dark(#fff,#15181c);--quiet:light-dark(#5a6270,#a4acb8);--go:light-dark(#1d4ed8,#9db8ff);--on-go:light-dark(#fff,#10131a);--bad:light-dark(#b3261e,#ffb4ab);
--good:light-dark(#e7f4ea,#16331f)}body{margin:0;background:var(--paper);color:var(--ink)}main{max-width:34rem;margin:0 auto;padding:1.25rem 1rem 3rem}
h1{font-size:1.375rem;line-height:1.25;margin:0 0 .25rem}h2{font-size:1.0625rem;margin:1.5rem 0 .5rem}p{margin:.5rem 0}.quiet{color:var(--quiet)}.small{font-size:.875rem}
dl{display:grid;grid-template-columns:auto 1fr;gap:.25rem 1rem;margin:1rem 0;padding:1rem 0;border-block:1px solid var(--line)}dt{color:var(--quiet)}dd{margin:0;overflow-wrap:anywhere}
.when{font-weight:600}.notice{padding:.75rem 1rem;border-radius:6px;background:var(--good);margin:1rem 0}.stop{background:none;border:1px solid var(--bad);color:var(--bad)}
.acts,.days{display:flex;flex-wrap:wrap;gap:.75rem;margin:1rem 0;align-items:end}a{color:var(--go)}.button,button{display:inline-flex;align-items:center;min-height:44px;padding:.25rem 1rem;
border:1px solid var(--line);border-radius:4px;background:none;color:inherit;font:inherit;text-decoration:none;cursor:pointer}.first{background:var(--go);border-color:var(--go);color:var(--on-go)}
.danger{color:var(--bad);border-color:var(--bad)}input:not([type=radio]){font:inherit;min-height:44px;padding:.25rem .5rem;border:1px solid var(--line);border-radius:4px;background:var(--paper);color:inherit;max-width:100%}
label{display:inline-flex;flex-direction:column;gap:.25rem}.wide,.wide input{width:100%}fieldset{border:0;padding:0;margin:1rem 0}legend{font-weight:600;padding:0;margin-bottom:.5rem}
.times{display:grid;grid-template-columns:repeat(auto-fill,minmax(8.5rem,1fr));gap:.5rem}.times label{flex-direction:row;align-items:center;gap:.5rem;min-height:44px;padding:.25rem .75rem;
border:1px solid var(--line);border-radius:4px;cursor:pointer}.times label:has(:checked){border-color:var(--go);outline:1px solid var(--go)}input[type=radio]{width:1.1rem;height:1.1rem;margin:0;accent-color:var(--go)}
:focus-visible{outline:2px solid var(--go);outline-offset:2px}footer{margin-top:2rem;padding-top:1rem;border-top:1px solid var(--line)}`;

export function appointmentPage(state: PageState): PageAnswer {
  const { appointment, settings, refused, notice, now } = state;
  const words = pageWords[state.language];
  const ended = appointment.status === 'cancelled' ? words.cancelled : appointment.start <= now ? words.over : undefined;
  const rows: (readonly [string, string | null])[] = [
    [words.service, text(appointment.service.name)],
    [words.who, text(appointment.staff)],
    [words.price, text(money(state, appointment.price))],
    [words.name, text(appointment.name)],
    [words.where, settings.address === null ? null : text(settings.address)],
    [
      words.phone,
      settings.phone === null
        ? null
        : `<a href="tel:${text(settings.phone.replaceAll(/[^\d+]/g, ''))}">${text(settings.phone)}</a>`,
    ],
    [words.code, `<code>${text(appointment.code)}</code>`],
  ];
  const acts = `<p class="acts"><a class="button first" href="${here(state, { view: 'move' })}">${words.move}</a>
<a class="button danger" href="${here(state, { view: 'cancel' })}">${words.cancel}</a></p>`;
  const body = `${ended === undefined || notice === 'cancelled' ? '' : `<p class="notice stop">${ended}</p>`}
<dl><dt>${words.when}</dt><dd><span class="when">${text(moment(state, appointment.start))}</span><br><span class="quiet small">${text(words.houseTime(offset(state)))}</span></dd>
${rows.flatMap(([name, value]) => (value === null ? [] : [`<dt>${name}</dt><dd>${value}</dd>`])).join('')}</dl>
${ended !== undefined ? '' : refused === undefined ? acts : `<p class="notice stop">${text(refused[state.language])}</p>`}`;
  return page(state, words.title, body);
}

export function movePage(state: PageState, offered: OfferedDay): PageAnswer {
  const words = pageWords[state.language];
  const { date, first, last, before, after, times, others, price } = offered;
  const day = dayText(state, date);
  const choose = (
    list: readonly OfferedTime[],
    legend: string,
    dated: boolean,
  ) => `<form method="post" action="${formAddress(state, 'move')}">
<input type="hidden" name="revision" value="${state.appointment.revision}"><fieldset><legend>${text(legend)}</legend>
${price === undefined || dated ? '' : `<p>${text(words.priceThen(money(state, price)))}</p>`}<div class="times">
${list
  .map(
    (each) =>
      `<label><input type="radio" name="slot" required value="${text(`${each.date}T${each.time}`)}"><span>${dated ? `${text(dayText(state, each.date))}, ` : ''}${text(each.time)}${
        each.staff === state.appointment.staff ? '' : ` <span class="quiet small">${text(each.staff)}</span>`
      }</span></label>`,
  )
  .join('')}</div></fieldset><button class="first">${words.moveHere}</button></form>`;
  const some = times.length > 0;
  const instead = others.length > 0 ? choose(others, words.others, true) : `<p>${words.noOthers}</p>`;
  const step = (to: string | undefined, name: string) =>
    to === undefined ? '' : `<a class="button" href="${here(state, { view: 'move', date: to })}">${name}</a>`;
  const body = `<p class="quiet">${text(moment(state, state.appointment.start))}, ${text(state.appointment.service.name)}</p>
<form class="days" method="get">${hidden(state)}<input type="hidden" name="view" value="move">
<label>${words.day}<input type="date" name="date" required value="${date}" min="${first}" max="${last}"></label><button>${words.show}</button></form>
<p class="days">${step(before, words.before)}${step(after, words.after)}</p>
${some ? choose(times, words.free(day), false) : `<p role="status">${text(words.none(day))}</p>${instead}`}
<p><a href="${here(state)}">${words.back}</a></p>`;
  return page(state, words.moveTitle, body);
}

export function cancelPage(state: PageState): PageAnswer {
  const words = pageWords[state.language];
  const body = `<p class="when">${text(moment(state, state.appointment.start))}</p><p>${text(state.appointment.service.name)}, ${text(state.appointment.staff)}</p>
<p>${words.cancelWhat}</p><form method="post" action="${formAddress(state, 'cancel')}"><input type="hidden" name="revision" value="${state.appointment.revision}">
<label class="wide">${words.reason}<input name="reason" maxlength="500" autocomplete="off"></label>
<p class="acts"><button class="danger">${words.cancelIt}</button><a class="button" href="${here(state)}">${words.back}</a></p></form>`;
  return page(state, words.cancelTitle, body);
}

/** The row was erased, and the link is still good. */
export function gonePage(language: PageLanguage): PageAnswer {
  const words = pageWords[language];
  return {
    kind: 'page',
    status: 404,
    html: documentOf(language, words.gone, `<h1>${words.gone}</h1><p role="status">${words.goneHint}</p>`),
  };
}

function page(state: PageState, title: string, body: string): PageAnswer {
  const words = pageWords[state.language];
  const other = state.language === 'es' ? 'en' : 'es';
  const { notice } = state;
  const bad = notice !== undefined && notice !== 'moved' && notice !== 'cancelled';
  const said =
    notice === undefined
      ? ''
      : `<p class="notice${bad ? ' stop' : ''}" role="${bad ? 'alert' : 'status'}">${words.notices[notice]}</p>`;
  const whole = `<p class="quiet">${text(state.settings.name)}</p><h1>${title}</h1>${said}${body}
<footer class="small"><a lang="${other}" hreflang="${other}" href="${here({ ...state, language: other })}">${words.otherLanguage}</a></footer>`;
  return { kind: 'page', html: documentOf(state.language, `${title} – ${text(state.settings.name)}`, whole) };
}

function documentOf(language: PageLanguage, title: string, body: string): (nonce: string) => string {
  return (
    nonce,
  ) => `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer"><meta name="robots" content="noindex"><title>${title}</title><style nonce="${nonce}">${styles}</style></head><body><main>${body}</main></body></html>`;
}

/** Addresses are relative to the page: it works below whatever path a proxy has. */
function here({ link, language }: Pick<PageState, 'link' | 'language'>, more: Record<string, string> = {}): string {
  return `?${text(new URLSearchParams({ link, language, ...more }).toString())}`;
}

function formAddress({ link, language }: PageState, act: 'move' | 'cancel'): string {
  return `appointment/${act}?${text(new URLSearchParams({ link, language }).toString())}`;
}

function hidden({ link, language }: PageState): string {
  return `<input type="hidden" name="link" value="${text(link)}"><input type="hidden" name="language" value="${language}">`;
}

function locale(language: PageLanguage): string {
  return language === 'es' ? 'es-AR' : 'en-GB';
}

function moment({ language, timeZone }: PageState, at: number): string {
  const { date, time } = localTime(at, timeZone);
  return `${dayText({ language }, date)}, ${time}`;
}

function dayText({ language }: Pick<PageState, 'language'>, date: string): string {
  const format = new Intl.DateTimeFormat(locale(language), { weekday: 'long', day: 'numeric', month: 'long', timeZone: 'UTC' });
  return format.format(new Date(`${date}T12:00:00Z`));
}

function offset({ timeZone, appointment }: PageState): string {
  const parts = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'shortOffset' }).formatToParts(new Date(appointment.start));
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? timeZone;
}

function money({ language, appointment }: PageState, price: number): string {
  const digits = Number.isInteger(price) ? 0 : 2;
  return new Intl.NumberFormat(locale(language), {
    style: 'currency',
    currency: appointment.currency,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(price);
}

function text(written: string): string {
  return written
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
