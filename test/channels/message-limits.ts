/** What the Cloud API takes as a message: the published limits, each checked. A message that breaks one is refused with the API's own code. */

type Json = Record<string, unknown>;

const object = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {});
const list = (value: unknown): Json[] => (Array.isArray(value) ? value.map(object) : []);
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** UTF-16 units: the strictest way to count. */
function within(value: unknown, most: number, what: string): string | undefined {
  if (typeof value !== 'string' || value.trim() === '') return `${what} is empty`;
  if (value.length > most) return `${what} has ${value.length} characters; ${most} at most`;
  return value.isWellFormed() ? undefined : `${what} is not well-formed`;
}

function unique(values: string[], what: string): string | undefined {
  return new Set(values).size === values.length ? undefined : `${what} are not unique`;
}

const media = new Set(['image', 'audio', 'video', 'document', 'sticker']);

/** @returns what is wrong with a message; nothing where it is fine. */
export function faultOfMessage(
  body: Json,
  mediaIds: ReadonlySet<string>,
  templates: ReadonlyMap<string, number>,
): string | undefined {
  if (body['messaging_product'] !== 'whatsapp') return 'messaging_product must be whatsapp';
  const type = text(body['type']);
  const own = object(body[type]);
  if (body['biz_opaque_callback_data'] !== undefined && text(body['biz_opaque_callback_data']).length > 512)
    return 'biz_opaque_callback_data';
  if (type === 'text') return within(own['body'], 4_096, 'text.body');
  if (type === 'location') {
    const numbers = typeof own['latitude'] === 'number' && typeof own['longitude'] === 'number';
    return numbers ? undefined : 'location needs latitude and longitude';
  }
  if (media.has(type)) {
    if (!mediaIds.has(text(own['id']))) return `${type}.id is not known`;
    return own['caption'] === undefined ? undefined : within(own['caption'], 1_024, 'caption');
  }
  if (type === 'template') return faultOfTemplate(own, templates);
  if (type === 'interactive') return faultOfInteractive(own);
  return `type "${type}" is not known`;
}

function faultOfTemplate(own: Json, templates: ReadonlyMap<string, number>): string | undefined {
  const expected = templates.get(`${text(own['name'])}/${text(object(own['language'])['code'])}`);
  if (expected === undefined) return '132001 template does not exist';
  const parameters = list(own['components']).flatMap((each) => list(each['parameters']));
  if (parameters.length !== expected) return '132000 number of parameters';
  for (const { text: value } of parameters) {
    const fault = within(value, 1_024, 'parameter');
    if (fault !== undefined) return `132000 ${fault}`;
    if (/[\n\t]| {5}/.test(text(value))) return '132018 parameter has line breaks, tabs or runs of spaces';
  }
  return undefined;
}

function faultOfInteractive(own: Json): string | undefined {
  const action = object(own['action']);
  const body = within(object(own['body'])['text'], 1_024, 'interactive.body');
  if (body !== undefined) return body;
  if (own['type'] === 'button') {
    const buttons = list(action['buttons']).map((each) => object(each['reply']));
    if (buttons.length === 0 || buttons.length > 3) return `${buttons.length} buttons`;
    const faults = buttons.flatMap(({ id, title }) => [within(title, 20, 'button.title'), within(id, 256, 'button.id')]);
    return (
      faults.find((fault) => fault !== undefined) ??
      unique(
        buttons.map(({ id }) => text(id)),
        'ids of buttons',
      ) ??
      unique(
        buttons.map(({ title }) => text(title)),
        'titles of buttons',
      )
    );
  }
  if (own['type'] === 'list') {
    const sections = list(action['sections']);
    const rows = sections.flatMap((each) => list(each['rows']));
    if (sections.length === 0 || sections.length > 10) return `${sections.length} sections`;
    // The schema takes ten in each section; the API ten in all.
    if (rows.length === 0 || rows.length > 10) return `${rows.length} rows`;
    const faults = [
      within(action['button'], 20, 'list.button'),
      ...sections.map(({ title }) => (title === undefined ? undefined : within(title, 24, 'section.title'))),
      ...rows.flatMap(({ id, title, description }) => [
        within(title, 24, 'row.title'),
        within(id, 200, 'row.id'),
        description === undefined ? undefined : within(description, 72, 'row.description'),
      ]),
    ];
    return (
      faults.find((fault) => fault !== undefined) ??
      unique(
        rows.map(({ id }) => text(id)),
        'ids of rows',
      )
    );
  }
  return `interactive "${text(own['type'])}" is not known`;
}
