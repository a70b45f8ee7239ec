/**
 * The scenarios of `scenarios.ts` for k6 1.0 or later, which reads TypeScript: against a running system only.
 *
 *     k6 run -e SCENARIO=load -e URL=https://agents.example.com -e KEY=… bench/load/k6.js
 *     k6 run -e SCENARIO=reservation -e WRITE=yes …      books appointments, of load-…@timonel.invalid
 *
 * k6 starts iterations at a rate, not requests: a dialogue is five of these, a reservation about four. It has no count of samples that a verdict
 * needs, reads no memory and no calendar: for those there is `npm run bench:load`.
 */
import { check, fail } from 'k6';
import http from 'k6/http';
import { scenarios } from './scenarios.ts';

const { URL: url = 'http://127.0.0.1:8000', KEY: key, SCENARIO: name = 'smoke', AGENT: agent = 'hello', WRITE: write } = __ENV;
const scenario = scenarios[name];
if (scenario === undefined) throw new Error(`SCENARIO is one of ${Object.keys(scenarios).join(', ')}.`);
if (scenario.flow === 'reservation' && write !== 'yes')
  throw new Error('This books appointments in a running system: add -e WRITE=yes.');

const requestsEach = scenario.flow === 'ask' ? 5 : 4;

function parts() {
  const found = {};
  let start = 0;
  const stages = [
    { name: 'warm-up', seconds: scenario.warmUpSeconds, perSecond: scenario.stages[0].perSecond },
    ...scenario.stages,
  ];
  for (const stage of stages) {
    const part = stage.name.replace(/\W+/g, '_');
    found[part] = {
      executor: 'constant-arrival-rate',
      exec: scenario.flow,
      startTime: `${start}s`,
      duration: `${stage.seconds}s`,
      // Whole numbers only: by the minute, so that a small rate is not rounded to nothing.
      rate: Math.max(1, Math.round((60 * stage.perSecond) / requestsEach)),
      timeUnit: '60s',
      preAllocatedVUs: scenario.customers,
      tags: { measured: stage.name === 'warm-up' ? 'no' : 'yes' },
    };
    start += stage.seconds;
  }
  return found;
}

/** The bounds that k6 can hold; the others are figures that it does not have. */
function thresholds() {
  const found = {};
  const add = (metric, bound) => {
    found[metric] = [...(found[metric] ?? []), bound];
  };
  for (const { figure, most } of scenario.thresholds) {
    const percentile = /^p(\d+)$/.exec(figure)?.[1];
    if (percentile !== undefined) add('http_req_duration{measured:yes}', `p(${percentile})<=${most}`);
    if (figure === 'failed') add('http_req_failed{measured:yes}', `rate<=${most / 100}`);
  }
  return found;
}

export const options = { scenarios: parts(), thresholds: thresholds() };

const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };

function post(path, body) {
  const answer = http.post(`${url}${path}`, JSON.stringify(body), {
    headers,
    tags: { name: path.replace(/[0-9a-f-]{36}/, ':id') },
  });
  if (!check(answer, { 'answered as it should be': ({ status }) => status >= 200 && status < 300 }))
    fail(`${path}: ${answer.status}`);
  return answer.json();
}

const dialogues = 200;
const ownWords = 0.12;

/** A dialogue of the repeating mix: few are asked often and most seldom (Zipf), some in words that nobody used before. */
export function ask() {
  const rank = Math.floor((dialogues + 1) ** Math.random());
  const exercise = Math.random() < ownWords ? `${Math.floor(Math.random() * 1e12)} of my own` : rank;
  const contact = { name: 'Prueba Timonel', email: 'smoke@timonel.invalid' };
  const { id } = post('/api/v1/conversations', { agent, channel: 'load', contact });
  const path = `/api/v1/conversations/${id}/messages`;
  for (const question of ['What does exercise # want', 'How do I begin exercise #', 'Why does my program fail in exercise #'])
    post(path, { text: `${question.replace('#', exercise)}?` });
  check(http.get(`${url}${path}`, { headers, tags: { name: '/api/v1/conversations/:id/messages' } }), {
    'can be read': ({ status }) => status === 200,
  });
}

const services = ['corte', 'arreglo de barba', 'corte y barba'];
const days = ['lunes', 'martes', 'miércoles', 'jueves', 'viernes', 'sábado'];
const oneOf = (list) => list[Math.floor(Math.random() * list.length)];

/** An appointment from the question to its code. */
export function reservation() {
  const contact = { name: 'Prueba Timonel', email: `load-${__VU}-${__ITER}-${Date.now().toString(36)}@timonel.invalid` };
  const { id } = post('/api/v1/conversations', { agent: 'booking', channel: 'load', contact });
  const say = (text) => post(`/api/v1/conversations/${id}/messages`, { text });
  let turn = say(`Quiero un turno para ${oneOf(services)} el ${oneOf(days)}`);
  for (let step = 0; step < 10 && turn.run?.outcome === 'awaiting_input'; step++) {
    const { awaiting } = turn.run;
    const choices = turn.reply?.options ?? [];
    if (awaiting === 'name') turn = say(contact.name);
    else if (awaiting === 'contact') turn = say(contact.email);
    else if (awaiting === 'confirmation') turn = say('Sí');
    else turn = say(choices.length > 0 ? oneOf(choices) : `el ${oneOf(days)} que viene`);
  }
}
