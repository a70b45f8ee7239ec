import { hoursBetween, likelyReading, withPart } from './clock.ts';
import {
  countsSomething,
  hoursInPart,
  isBeforeDay,
  isBehindDay,
  isMarked,
  minutesPast,
  minutesTo,
  momentFromNow,
  partOfDay,
  readsAsMinutes,
  roughly,
  timeInPart,
  withTail,
} from './clock-phrases.ts';
import type { Context, Grammar, Match } from './grammar.ts';
import type { Lexicon } from './lexicon.ts';
import type { ClockSpec, DayPart, Duration, HourSpan } from './meaning.ts';

/** Minutes since midnight that a part of the day spans, as it is used on the Río de la Plata: the afternoon lasts until eight. */
export const spanishDayParts: Readonly<Record<DayPart, HourSpan>> = {
  dawn: { from: 0, to: 360 },
  morning: { from: 360, to: 720 },
  noon: { from: 720, to: 840 },
  afternoon: { from: 720, to: 1200 },
  evening: { from: 1080, to: 1320 },
  night: { from: 1200, to: 1440 },
};

/** Spanish times of day and lengths of time. */
export function addSpanishTimes(grammar: Grammar, lexicon: () => Lexicon): void {
  addReadings(grammar);
  addClocks(grammar, lexicon);
  addDayParts(grammar);
  addHours(grammar, lexicon);
  addAmounts(grammar);
}

function addReadings(grammar: Grammar): void {
  grammar.rule('meridiem', '(am|a . m .?|a m)', () => 'am');
  grammar.rule('meridiem', '(pm|p . m .?|p m)', () => 'pm');
  grammar.rule('tail', '<meridiem>', (match) => match.get('meridiem'));
  grammar.rule('tail', '(hs|h|hrs|hr|horas|hora) (.)?', () => 'hours');
  grammar.rule('tail', '(en punto|clavadas|puntual)', () => 'sharp');
  grammar.rule('tail', '(hs|h|hrs|horas)? (de|a|por|en)? la <part>', (match) => match.get('part'));
  grammar.rule('tail', '(hs|h|hrs|horas)? de <part>', (match, context) =>
    // "a las 7 de mañana" is said of tomorrow.
    context.tokens[match.end - 1]?.text === 'manana' ? undefined : match.get('part'),
  );
  grammar.rule('tail', '(hs|h|hrs|horas)? (del|al) (mediodia|medio dia)', () => 'noon');
  grammar.rule('tail', '(hs|h|hrs|horas) <meridiem>', (match) => match.get('meridiem'));

  grammar.rule('reading', '<hour>', (match) => match.get('hour'));
  grammar.rule('reading', '<hour> (y|con) <minute> (minutos|min)', (match) => minutesPast(match.get('hour'), match.get('minute')));
  grammar.rule('reading', '<hour> (y|con) <minute>', (match) => minutesPast(match.get('hour'), match.get('minute')));
  grammar.rule('reading', '<hour> y (media|1 / 2)', (match) => minutesPast(match.get('hour'), 30));
  grammar.rule('reading', '<hour> y (un)? cuarto', (match) => minutesPast(match.get('hour'), 15));
  grammar.rule('reading', '<hour> y (pico|algo|monedas)', (match) => roughly(match.get('hour')));
  grammar.rule('reading', '<hour> (menos|-) (un)? cuarto', (match) => minutesTo(match.get('hour'), 15));
  grammar.rule('reading', '<hour> menos <minute>', (match) => minutesTo(match.get('hour'), match.get('minute')));
  grammar.rule('reading', '<hour> <meridiem> y (media|cuarto)', (match) =>
    minutesPast(withTail(match.get('hour'), match.get('meridiem')), match.says('media') ? 30 : 15),
  );
  grammar.rule('reading', '<hour> (h|hs|horas) <minute>', (match, context) =>
    readsAsMinutes(context, match.place('minute'), match.get('minute'))
      ? minutesPast(match.get('hour'), match.get('minute'))
      : undefined,
  );
  grammar.rule('reading', '<hour> <meridiem> menos cuarto', (match) =>
    minutesTo(withTail(match.get('hour'), match.get('meridiem')), 15),
  );
  grammar.rule('reading', '<hour> <minute>', (match, context) =>
    readsAsMinutes(context, match.place('minute'), match.get('minute'))
      ? minutesPast(match.get('hour'), match.get('minute'))
      : undefined,
  );
  grammar.rule('reading', '<digital>', (match) => match.get('digital'));
  grammar.rule('reading', '<dotted>', (match) => match.get('dotted'));
}

const asNoun = '(las|la)';

function addClocks(grammar: Grammar, lexicon: () => Lexicon): void {
  const read = (match: Match): ClockSpec => withTail(match.get('reading'), match.find('tail'));
  const uncounted = (match: Match, context: Context): ClockSpec | undefined =>
    match.find('tail') === undefined && countsSomething(context, match.end, lexicon().counted)
      ? undefined
      : { ...read(match), marked: true };
  grammar.rule('clock', `(a|para|tipo|sobre) ${asNoun} <reading> <tail>?`, (match, context) =>
    match.says('tipo') || match.says('sobre') ? optional(uncounted(match, context), roughly) : uncounted(match, context),
  );
  grammar.rule('clock', `${asNoun} <reading> <tail>?`, (match, context) => {
    if (match.find('tail') !== undefined || match.get('reading').marked === true) return uncounted(match, context);
    const after = context.tokens[match.end];
    // "las 3 chicas" counts; "las 3 o 4" and "las 5, por favor" are times.
    return after?.kind === 'word' && !lexicon().afterHour.has(after.text) ? undefined : uncounted(match, context);
  });
  grammar.rule('clock', '<reading> <tail>', (match, context) => {
    const reading = match.get('reading');
    const tail = match.get('tail');
    if (tail === 'hours' && reading.marked !== true && isLength(match, context)) return undefined;
    // "el 26 a la mañana" is a day; only a time with a colon or "a las" can be an impossible one.
    return reading.impossible === true && context.tokens[match.start + 1]?.text !== ':' ? undefined : withTail(reading, tail);
  });
  grammar.rule('clock', '<dotted>', (match, context) => {
    const alone = match.start === 0 && match.end === context.tokens.length;
    return alone || isBehindDay(context, match.start) ? match.get('dotted') : undefined;
  });
  grammar.rule('clock', '<digital>', (match) => match.get('digital'));
  grammar.rule('clock', '(a|para|tipo) <digital> <tail>?', (match) => withTail(match.get('digital'), match.find('tail')));
  grammar.rule('clock', '(a|tipo) <dotted> <tail>?', (match) => withTail(match.get('dotted'), match.find('tail')));
  grammar.rule('clock', '<hour> y (media|cuarto|pico)', (match, context) => {
    const after = context.tokens[match.end];
    if (
      after !== undefined &&
      lexicon()
        .meanings.get(after.text)
        ?.some((meaning) => meaning.name === 'unit')
    )
      return undefined;
    return match.says('pico') ? roughly(match.get('hour')) : minutesPast(match.get('hour'), match.says('media') ? 30 : 15);
  });
  grammar.rule('clock', '<hour> menos (cuarto|veinte|diez|cinco)', (match) => minutesTo(match.get('hour'), minutesWord(match)));
  grammar.rule('clock', '(a)? (cuarto|veinte|diez|cinco) para (las|la) <hour> <tail>?', (match) =>
    withTail(minutesTo(match.get('hour'), minutesWord(match)), match.find('tail')),
  );
  grammar.rule('clock', '(faltando|faltan|falta)? <minute> (minutos|min) para (las|la) <hour> <tail>?', (match) =>
    withTail(minutesTo(match.get('hour'), match.get('minute')), match.find('tail')),
  );
  grammar.rule(
    'clock',
    '(<minute>|(un)? cuarto|media) (minutos|min|mins)? (pasadas|pasados) (de)? (las|la) <hour> <tail>?',
    (match) =>
      withTail(minutesPast(match.get('hour'), match.find('minute') ?? (match.says('media') ? 30 : 15)), match.find('tail')),
  );
  const around = '(a eso de|alrededor de|cerca de|aproximadamente|aprox|mas o menos|tipo|hacia|sobre|como|entorno a|en torno a)';
  grammar.rule('clock', `${around} (a)? ${asNoun} <reading> <tail>?`, (match, context) =>
    optional(uncounted(match, context), roughly),
  );
  grammar.rule('clock', '(tipo|a eso de) <reading> <tail>?', (match, context) => optional(uncounted(match, context), roughly));
  grammar.rule('clock', `(a)? ${asNoun} <reading> <tail>? (aprox|aproximadamente|mas o menos|masomenos)`, (match) =>
    roughly(read(match)),
  );
  grammar.rule('clock', '(al|a|el|para el|tipo|a eso del|en el)? (mediodia|medio dia)', () => ({ minutes: 720, settled: true }));
  grammar.rule('clock', '(a|a la|la)? (medianoche|media noche)', () => ({ minutes: 0, settled: true }));
  // "a la tarde tipo 5", "por la mañana a las 9": the part of the day settles the time.
  grammar.rule('clock', '<dayPart> ,? (y)? <clock>', (match) =>
    match.get('clock').impossible === true ? match.get('clock') : withPart(match.get('clock'), match.get('dayPart')),
  );
}

const optional = <From, To>(value: From | undefined, change: (value: From) => To): To | undefined =>
  value === undefined ? undefined : change(value);

const minutesWord = (match: Match): number => (match.says('cuarto') ? 15 : match.says('veinte') ? 20 : match.says('diez') ? 10 : 5);

/** "2 hs" and "3 horas" are lengths, "15 hs" is a time; behind a day "5 hs" is one too. */
function isLength(match: Match, context: Context): boolean {
  const before = context.tokens[match.start - 1];
  if (before?.text === 'tipo' || isBehindDay(context, match.start)) return false;
  const spelledOut = context.tokens[match.end - 1]?.text === 'horas' || context.tokens[match.end - 1]?.text === 'hora';
  const { minutes } = match.get('reading');
  return (
    spelledOut ||
    minutes < 420 ||
    ['en', 'por', 'durante', 'cada', 'de', 'hace', 'unas', 'las'].includes(before?.text ?? '') ||
    minutes === 0
  );
}

function addDayParts(grammar: Grammar): void {
  grammar.rule('dayPart', '(a|por|en|de|durante|para|x)? (toda)? la <part>', (match) => match.get('part'));
  // "noche del viernes": the day behind it makes the article needless.
  grammar.rule('dayPart', '<part>', (match, context) => {
    const of = ['de', 'del'].includes(context.tokens[match.end]?.text ?? '') && context.read('date', match.end + 1).length > 0;
    return of && context.tokens[match.start]?.text !== 'manana' ? match.get('part') : undefined;
  });
  grammar.rule('dayPart', '(de|por) (la)? (tarde|noche|madrugada|tardecita|nochecita)', (match, context) =>
    partSaid(match, context),
  );
  // "hoy pm", "mañana am".
  grammar.rule('dayPart', '<meridiem>', (match, context) =>
    isBehindDay(context, match.start) ? (match.get('meridiem') === 'am' ? 'morning' : 'afternoon') : undefined,
  );
  grammar.rule('dayPart', '(al)? (atardecer|anochecer)', (match) => (match.says('anochecer') ? 'night' : 'afternoon'));
  grammar.rule('dayPart', 'por las (mananas|tardes|noches)', (match) =>
    match.says('mananas') ? 'morning' : match.says('tardes') ? 'afternoon' : 'night',
  );
  grammar.rule('mention', '<dayPart>', (match) => [
    { kind: 'hours', hours: spanishDayParts[match.get('dayPart')], part: match.get('dayPart') },
  ]);
  // "sábado noche", "mañana tarde": behind a day the article may be missing.
  grammar.rule('mention', '(tarde|noche|temprano)', (match, context) => {
    const before = context.tokens[match.start - 1]?.text;
    if (before !== 'manana' && context.read('part', match.start - 1).length > 0) return undefined;
    if (!isBehindDay(context, match.start)) return undefined;
    if (match.says('temprano')) return [{ kind: 'hours', hours: { to: 660 } }];
    const part = match.says('tarde') ? 'afternoon' : 'night';
    return [{ kind: 'hours', hours: spanishDayParts[part], part }];
  });
  grammar.rule('mention', 'mas tarde', (match, context) => {
    const beside = [context.tokens[match.start - 1]?.text, context.tokens[match.end]?.text];
    return beside.includes('hoy') ? [{ kind: 'hours', hours: { from: context.minutes } }] : undefined;
  });
  grammar.rule('mention', '(a|en la|la|de)? primera hora', () => [{ kind: 'hours', hours: { to: 600 } }]);
  grammar.rule('mention', '(a|la|de)? ultima hora', () => [{ kind: 'hours', hours: { from: 1080 } }]);
  grammar.rule('mention', 'a (primera|ultima) hora de la <part>', (match) => {
    const { from = 0, to = 1440 } = spanishDayParts[match.get('part')];
    const hours = match.says('primera') ? { from, to: from + 120 } : { from: to - 120, to };
    return [{ kind: 'hours', hours, part: match.get('part') }];
  });
  grammar.rule('mention', '(bien|lo mas|muy) temprano', () => [{ kind: 'hours', hours: { to: 660 } }]);
  grammar.rule('mention', '(a)? la <part> siguiente', (match, context) =>
    partOfDay(context, 1, match.get('part'), spanishDayParts[match.get('part')]),
  );
  grammar.rule('mention', 'esta (misma)? <part>', (match, context) =>
    partOfDay(context, 0, match.get('part'), spanishDayParts[match.get('part')]),
  );
  grammar.rule('mention', 'esta (misma)? <part> ,? <clock>', (match, context) =>
    timeInPart(context, 0, match.get('part'), match.get('clock')),
  );
  grammar.rule('mention', 'esta (misma)? <part> ,? <hours>', (match, context) =>
    hoursInPart(context, match.get('hours'), spanishDayParts[match.get('part')]),
  );
  grammar.rule('mention', '<hours> ,? (de)? esta (misma)? <part>', (match, context) =>
    hoursInPart(context, match.get('hours'), spanishDayParts[match.get('part')]),
  );
  grammar.rule('mention', 'anoche', (_, context) => partOfDay(context, -1, 'night', spanishDayParts.night));
  grammar.rule('mention', 'anoche <clock>', (match, context) => timeInPart(context, -1, 'night', match.get('clock')));
  grammar.rule(
    'mention',
    '(ahora mismo|ahorita|ahorita mismo|ya mismo|en este momento|en este mismo momento|en este instante|(lo antes|lo mas pronto|tan pronto como sea|tan pronto como) posible|tan pronto como (podamos|pueda|puedas|puedan)|justo ahora|cuanto antes|inmediatamente|de inmediato)',
    (_, context) => momentFromNow(context, 0),
  );
  grammar.rule('mention', 'ahora', (match, context) => (meansThisMoment(match, context) ? momentFromNow(context, 0) : undefined));
  // "ya" is mostly "already". Shouted, or asked for ("para ya"), it is now.
  grammar.rule('mention', '(para)? ya', (match, context) => {
    const token = context.tokens[match.end - 1];
    const shouted =
      token !== undefined && context.text.slice(token.start, token.end) === 'YA' && context.text !== context.text.toUpperCase();
    return shouted || match.says('para') || asksForNow(match, context) ? momentFromNow(context, 0) : undefined;
  });
  grammar.rule('mention', '(en|dentro de|de aca a) (unos|unas)? <amount>', (match, context) => {
    const { minutes } = match.get('amount');
    return minutes === undefined || minutes >= 1440 ? undefined : momentFromNow(context, minutes);
  });
  grammar.rule('mention', '<amount> (a partir de|desde|despues de) ahora', (match, context) =>
    optional(match.get('amount').minutes, (minutes) => momentFromNow(context, minutes)),
  );
  grammar.rule('mention', 'hace <amount>', (match, context) =>
    optional(match.get('amount').minutes, (minutes) => momentFromNow(context, -minutes)),
  );
}

/** "ahora" is mostly a filler ("pero ahora no sé"). It names a time where it ends what is asked for: "¿puedo ir ahora?". */
function meansThisMoment(match: Match, context: Context): boolean {
  const before = context.tokens[match.start - 1];
  const after = context.tokens[match.end];
  if (after !== undefined && after.kind === 'word' && !['o', 'para', 'por'].includes(after.text)) return false;
  return before === undefined || before.kind === 'symbol'
    ? after === undefined || after.kind === 'symbol'
    : askedNow.has(before.text);
}
const askedNow = new Set(
  (
    'ir turno turnos venir lugar algo libre libres disponible disponibles disponibilidad necesito quiero para pasar paso voy puedo hora cita atienden ' +
    'atender reservar hoy es seria tenes hay espacio hueco abierto abiertos'
  ).split(' '),
);

/** "quiero ir ya", but not "ya está" and not "es ya tarde". */
function asksForNow(match: Match, context: Context): boolean {
  const after = context.tokens[match.end];
  const before = context.tokens[match.start - 1]?.text ?? '';
  return (after === undefined || after.kind === 'symbol') && wantedNow.has(before);
}
const wantedNow = new Set(['ir', 'turno', 'necesito', 'quiero', 'venir', 'lugar', 'algo']);

function partSaid(match: Match, context: Context): DayPart | undefined {
  const article = match.says('la');
  // "el costo por noche" and "buenas tardes" are no times.
  if (!article && context.tokens[match.start]?.text === 'por') return undefined;
  return match.says('noche') || match.says('nochecita') ? 'night' : match.says('madrugada') ? 'dawn' : 'afternoon';
}

function addHours(grammar: Grammar, lexicon: () => Lexicon): void {
  grammar.rule('rangeClock', `(a)? ${asNoun}? <reading> <tail>?`, (match) => {
    const article = match.place('reading') > match.start;
    const clock = withTail(match.get('reading'), match.find('tail'));
    return article ? { ...clock, marked: true } : clock;
  });
  grammar.rule('rangeClock', '(el)? (mediodia|medio dia)', () => ({ minutes: 720, settled: true, marked: true }));
  grammar.rule('rangeClock', '(la)? medianoche', () => ({ minutes: 0, settled: true, marked: true }));
  const between = (match: Match, context: Context): HourSpan | undefined => {
    const marked = isMarked(match, 0) || isMarked(match, 1);
    if (!marked && (countsSomething(context, match.end, lexicon().counted) || context.read('anyMonth', match.end).length > 0))
      return undefined;
    const next = context.tokens[match.end];
    if (!marked && next?.text === 'de' && context.read('anyMonth', match.end + 1).length > 0) return undefined;
    return hoursBetween(match.get('rangeClock'), match.get('rangeClock', 1));
  };
  grammar.rule('hours', '(de|desde) <rangeClock> (a|hasta|-|–) <rangeClock>', between);
  grammar.rule('hours', 'entre <rangeClock> (y|a|-|–) <rangeClock>', between);
  grammar.rule('hours', '(de)? <rangeClock> (a|-|–|hasta) <rangeClock>', (match, context) => {
    const day = isBehindDay(context, match.start) || isBeforeDay(context, match.end);
    // "el 5 a las 10" is a day and a time.
    const article = ['a', 'la', 'las'].includes(context.tokens[match.place('rangeClock', 1)]?.text ?? '');
    if (!isMarked(match, 0) && article) return undefined;
    return day || isMarked(match, 0) || isMarked(match, 1) ? between(match, context) : undefined;
  });

  const from = (match: Match): HourSpan | undefined =>
    match.get('clock').impossible === true ? undefined : { from: likelyReading(match.get('clock')) };
  const to = (match: Match): HourSpan | undefined =>
    match.get('clock').impossible === true ? undefined : { to: likelyReading(match.get('clock')) || 1440 };
  grammar.rule(
    'hours',
    '(despues de|despues del|luego de|a partir de|a partir del|desde|pasadas|pasada|mas tarde de|mas tarde que|pasado el|no antes de|tan temprano como|tras) <clock> (en adelante)?',
    from,
  );
  grammar.rule(
    'hours',
    '<clock> (en adelante|para adelante|hacia adelante|(o|y) (despues|mas tarde|luego|posterior|mas adelante|en adelante))',
    from,
  );
  grammar.rule('hours', '(de) <clock> en adelante', from);
  grammar.rule(
    'hours',
    '(antes de|antes del|hasta|hasta el|no mas tarde de|no mas tarde que|a mas tardar|tan tarde como|previo a) <clock>',
    to,
  );
  grammar.rule('hours', '<clock> ((o|y) antes|como mucho|como maximo|a mas tardar)', to);
  const meals: readonly (readonly [string, HourSpan])[] = [
    ['(antes del|antes de) (desayuno|desayunar)', { to: 540 }],
    ['(despues del|despues de) (desayuno|desayunar)', { from: 600 }],
    ['(en|a)? (la)? hora del desayuno', { from: 480, to: 600 }],
    ['(antes de|antes de la) (cena|cenar)', { to: 1200 }],
    ['(despues de|despues de la) (cena|cenar)', { from: 1320 }],
    ['(alrededor de|cerca de|a|en)? (la)? hora de (la)? (cena|cenar)', { from: 1200, to: 1320 }],
    ['(alrededor de|cerca de|durante|en) la cena', { from: 1200, to: 1320 }],
    ['(antes del|antes de) (almuerzo|almorzar|comer)', { to: 750 }],
    ['(despues del|despues de) (almuerzo|almorzar|comer)', { from: 840 }],
    ['(a|en)? (la)? hora (del|de) almuerzo', { from: 720, to: 840 }],
    ['(despues del|a la salida del|saliendo del) (trabajo|laburo)', { from: 1080 }],
  ];
  for (const [pattern, hours] of meals) grammar.rule('hours', pattern, () => hours);
}

function addAmounts(grammar: Grammar): void {
  const times = (amount: Duration, count: number): Duration | undefined => {
    if (!Number.isSafeInteger(count) || count <= 0 || count > 9999) return undefined;
    if (amount.minutes !== undefined) return { minutes: amount.minutes * count };
    return amount.days === undefined ? { months: (amount.months ?? 0) * count } : { days: amount.days * count };
  };
  grammar.rule('amount', '<number> <unit>', (match) => times(match.get('unit'), match.get('number')));
  grammar.rule('amount', '<number> (.|,) <number> <unit>', (match, context) => {
    const { minutes } = match.get('unit');
    const written = context.text.slice(context.tokens[match.start]?.start, context.tokens[match.place('unit') - 1]?.end);
    return minutes === undefined || !/^\d+[.,]\d$/.test(written)
      ? undefined
      : { minutes: Math.round(minutes * Number(written.replace(',', '.'))) };
  });
  grammar.rule('amount', '(un par de|par de|unos dos|unas dos) <unit>', (match) => times(match.get('unit'), 2));
  grammar.rule('amount', '(media|1 / 2|½) hora', () => ({ minutes: 30 }));
  grammar.rule('amount', '(un)? cuarto de hora', () => ({ minutes: 15 }));
  grammar.rule('amount', '(tres cuartos de hora|3 cuartos de hora)', () => ({ minutes: 45 }));
  grammar.rule('amount', '(una|1)? hora y media', () => ({ minutes: 90 }));
  grammar.rule('amount', '(una|1)? hora y cuarto', () => ({ minutes: 75 }));
  grammar.rule('amount', '<number> (horas|hs|hora) y (media|cuarto)', (match) =>
    times({ minutes: 1 }, match.get('number') * 60 + (match.says('media') ? 30 : 15)),
  );
  grammar.rule('amount', '<number> y media horas', (match) => times({ minutes: 1 }, match.get('number') * 60 + 30));
  grammar.rule('amount', '<number> <unit> (y|con) <number> <unit>', (match) => {
    const first = times(match.get('unit'), match.get('number'));
    const second = times(match.get('unit', 1), match.get('number', 1));
    if (first?.minutes !== undefined && second?.minutes !== undefined) return { minutes: first.minutes + second.minutes };
    if (first === undefined || second === undefined || first.minutes !== undefined || second.minutes !== undefined)
      return undefined;
    return { days: (first.days ?? 0) + (second.days ?? 0), months: (first.months ?? 0) + (second.months ?? 0) };
  });
  // An age ("25 años") is no length of a visit.
  grammar.rule('mention', '(por|durante|unos|unas)? <amount>', (match) =>
    (match.get('amount').months ?? 0) >= 12 ? undefined : [{ kind: 'amount', amount: match.get('amount') }],
  );
}
