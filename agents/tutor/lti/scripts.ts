/** Scripts of the pages, as browsers run them. Tokens stay in the page's memory: neither cookies nor storage work everywhere within a frame. */

const session = `const data = JSON.parse(document.getElementById('data').textContent);
document.getElementById('data').remove();
let { accessToken, refreshToken } = data.session;
async function call(method, path, body, again = true) {
  const answer = await fetch('/api/v1/' + path, {
    method,
    headers: { authorization: 'Bearer ' + accessToken, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (answer.status !== 401 || !again) return answer;
  const anew = await fetch('/api/v1/auth/refresh', {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ refreshToken }) });
  if (!anew.ok) return answer;
  ({ accessToken, refreshToken } = await anew.json());
  return call(method, path, body, false);
}`;

export const studentScript = `${session}
const log = document.getElementById('log');
const form = document.getElementById('say');
const text = document.getElementById('text');
let conversation = data.conversation;
function show(said, mine) {
  const line = document.createElement('div');
  line.className = mine ? 'said mine' : 'said';
  line.textContent = said;
  log.append(line);
  line.scrollIntoView({ block: 'nearest' });
}
async function begin() {
  if (conversation !== null) {
    const known = await call('GET', 'conversations/' + conversation);
    const body = known.ok ? await known.json() : undefined;
    if (body?.status === 'open') {
      for (const { role, text: said } of body.messages) if (said) show(said, role === 'user');
      return;
    }
  }
  const made = await call('POST', 'conversations', { agent: 'tutor' });
  if (!made.ok) return show(made.status === 401 ? data.over : data.failed, false);
  conversation = (await made.json()).id;
  await say(data.first);
}
async function say(said) {
  const answer = await call('POST', 'conversations/' + conversation + '/messages', { text: said });
  if (answer.status === 401) return show(data.over, false);
  const body = answer.ok ? await answer.json() : undefined;
  show(body?.reply?.text ?? data.failed, false);
  return body !== undefined;
}
form.addEventListener('submit', async (event) => {
  event.preventDefault();
  const said = text.value;
  if (said.trim() === '') return;
  const button = form.querySelector('button');
  button.disabled = true;
  show(said, true);
  text.value = '';
  try {
    if (!(await say(said))) text.value = said;
  } catch {
    text.value = said;
    show(data.failed, false);
  }
  button.disabled = false;
  text.focus();
});
await begin().catch(() => show(data.failed, false));`;

export const teacherScript = `${session}
const table = document.getElementById('class');
const status = document.getElementById('status');
async function look() {
  const answer = await call('GET', 'agents/tutor/class?course=' + encodeURIComponent(data.course)).catch(() => undefined);
  if (answer?.status === 401) { status.textContent = data.over; return; }
  if (answer?.ok) {
    const { students } = await answer.json();
    status.textContent = students.length === 0 ? data.empty : '';
    table.replaceChildren(...students.map((each) => {
      const row = document.createElement('tr');
      const cells = [each.name, each.title ?? '', data.states[each.state], each.failing ?? '', each.stuckMinutes ?? '', each.hints,
        each.passed + '/' + each.exercises];
      row.append(...cells.map((said) => { const cell = document.createElement('td'); cell.textContent = String(said); return cell; }));
      return row;
    }));
  }
  setTimeout(look, 20000);
}
await look();`;
