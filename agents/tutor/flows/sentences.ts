/** What the tutor says without a model, in Spanish and English. */
import type { Offer } from '../help-tools.ts';
import type { SmallTalk } from '../wants/small-talk.ts';
import type { RanOutput, ShownExercise, SubmittedOutput } from '../work-tools.ts';

export interface Sentences {
  language: 'es' | 'en';
  offers(offers: readonly Offer[]): string;
  noOffers: string;
  which: string;
  exercise(shown: ShownExercise, passed: boolean): string;
  howTo: string;
  ran(output: RanOutput): string;
  graded(output: SubmittedOutput): string;
  pending: string;
  sandboxError: string;
  noCode: string;
  limit(until: string, limit: number): string;
  note(note: { text: string; title: string; heading: string }): string;
  planKept: string;
  planTooShort: string;
  offersOn: string;
  offersOff: string;
  greeting: string;
  talk: Readonly<Record<Exclude<SmallTalk, 'greeting'>, string>>;
  offTopic(title: string): string;
  passedAlready(title: string): string;
  empty: string;
  chooseFirst: string;
  ownSolution: string;
  otherLanguage(found: string, wanted: string): string;
  failed: string;
  options: { run: string; hint: string; submit: string; list: string };
}

const count = (n: number, one: string, many: string) => `${n} ${n === 1 ? one : many}`;

const fenced = ({ language, starterCode }: ShownExercise) =>
  starterCode.trim() === '' ? '' : `\n\n\`\`\`${language}\n${starterCode.trimEnd()}\n\`\`\``;

const placeOf = (title: string, heading: string) => (heading === '' || heading === title ? title : `${title}, ${heading}`);
const quoted = (text: string) =>
  text
    .split('\n')
    .map((line) => `> ${line}`)
    .join('\n');

export const spanish: Sentences = {
  language: 'es',
  offers(offers) {
    const lines = offers.map(({ title, passed, tried }, at) => `${at + 1}. ${title}${passed ? ' ✓' : tried ? ' …' : ''}`);
    const [first] = offers;
    return `${first === undefined ? '' : `${first.course}.\n`}¿Con qué ejercicio seguimos?\n${lines.join('\n')}`;
  },
  noOffers: 'No estás en ningún curso con ejercicios abiertos. Pedile a tu docente que te inscriba.',
  which: '¿Cuál? Decime el número o el nombre.',
  exercise: (shown, passed) =>
    `**${shown.title}**${passed ? ' (ya lo aprobaste)' : ''}\n${shown.statement.trim()}${fenced(shown)}${
      shown.visibleTests.length === 0 ? '' : `\n\nTests que podés ver:\n${shown.visibleTests.map(({ es }) => `- ${es}`).join('\n')}`
    }${shown.hiddenTests === 0 ? '' : `\nY ${count(shown.hiddenTests, 'test oculto', 'tests ocultos')} que se corren al entregar.`}`,
  howTo:
    'Pegá tu código entre líneas con ``` (en la terminal también sirve `/file archivo.py`) y lo pruebo. Después: *probar*, *pista*, *entregar*, *consigna*, *ejercicios*.',
  ran({ passed, total, failing }) {
    if (failing.length === 0)
      return `Pasan los ${total} tests visibles. Cuando quieras, escribí *entregar*: ahí se corren también los ocultos.`;
    return [
      `Pasan ${passed} de ${total} tests visibles.`,
      ...failing.map(({ test, explained }) => `✗ ${test.es}\n  ${explained.es}`),
      'Si querés una pista, escribí *pista*.',
    ].join('\n');
  },
  graded({ passedAll, points, highestPoints, passed, total, failing, hidden }) {
    if (passedAll)
      return `¡Aprobado! Pasan los ${total} tests (${points} de ${highestPoints} puntos). Con *ejercicios* elegís el siguiente.`;
    const categories = hidden === null || hidden.categories.length === 0 ? '' : ` (${hidden.categories.join(', ')})`;
    const ofHidden =
      hidden === null || hidden.failed === 0
        ? []
        : [`${hidden.failed === 1 ? 'Falla 1 test oculto' : `Fallan ${hidden.failed} tests ocultos`}${categories}.`];
    return [
      `Entregado: pasan ${passed} de ${total} tests (${points} de ${highestPoints} puntos).`,
      ...failing.map(({ test, explained }) => `✗ ${test.es}\n  ${explained.es}`),
      ...ofHidden,
      'Podés corregirlo y entregar de nuevo; si querés una pista, escribí *pista*.',
    ].join('\n');
  },
  pending: 'Recibí tu entrega, y ahora no la puedo corregir: se corrige sola en unos minutos y no te cuenta como intento.',
  sandboxError: 'No pude correr tu programa por una falla nuestra. No te cuenta: probá de nuevo en un minuto.',
  noCode: 'Todavía no tengo código tuyo para este ejercicio. Pegalo entre líneas con ``` y lo pruebo.',
  limit: (until, limit) =>
    `Ya usaste los ${limit} pedidos de ayuda de hoy en este curso. Vuelve a haber ayuda el ${until}. Mientras tanto podés probar y entregar.`,
  note: ({ text, title, heading }) => `\nDe los apuntes (*${placeOf(title, heading)}*):\n${quoted(text)}`,
  planKept: 'Anoté tu plan.',
  offersOn: 'Listo: si te veo trabado, te escribo.',
  offersOff: 'Listo: no te escribo por mi cuenta. Si cambiás de idea, decime *con avisos*.',
  planTooShort: 'Contame un poco más: ¿qué pasos va a dar tu programa, en orden, y por qué?',
  greeting: '¡Hola! Soy tu tutor: te ayudo a resolverlo vos.',
  talk: {
    farewell: '¡Hasta la próxima! Lo que hiciste queda guardado: la próxima vez seguimos desde acá.',
    thanks: '¡De nada! Cuando quieras, seguimos.',
    agreed: 'Bien. Cuando lo tengas, pegá tu código y lo pruebo; si te trabás, escribí *pista*.',
    laugh: 'Jaja. Cuando quieras, seguimos con el ejercicio.',
    'how-are-you': '¡Todo bien, gracias! ¿Seguimos con el ejercicio? Contame en qué estás.',
    who: 'Soy el tutor del curso, un programa y no una persona. Pruebo tu código, explico los errores y doy pistas; la solución la escribís vos.',
    abilities:
      'Puedo probar tu código (pegalo entre líneas con ```), explicarte un error o un concepto (*¿qué es un ciclo?*), darte una *pista* o un *ejemplo*, corregir tu entrega (*entregar*), y mostrarte la *consigna* o los *ejercicios*.',
    pause: 'Tranquilo, sin apuro. Cuando quieras, acá estoy.',
    'bare-answer': 'Contame un poco más: ¿qué probaste, o qué parte no te sale? Si preferís, escribí *pista*.',
    noise: 'No te entendí. Podés pegar tu código para que lo pruebe, preguntarme algo, o escribir *pista*.',
  },
  offTopic: (title) =>
    `De eso no sé: acá te ayudo con **${title}**. ¿En qué parte estás? También podés pedir una *pista* o un *ejemplo*.`,
  passedAlready: (title) => `**${title}** ya lo aprobaste.`,
  chooseFirst: 'Primero elegí un ejercicio.',
  ownSolution: 'La solución la escribís vos: te acompaño a encontrarla.',
  empty: 'Llegó vacío: no hay código adentro. Pegá tu programa entre las líneas con ``` y lo pruebo.',
  otherLanguage: (found, wanted) =>
    `Eso parece ${found}, y este ejercicio es en ${wanted}: así no se puede probar. Escribilo en ${wanted}; la idea puede ser la misma.`,
  failed: 'No pude hacerlo en este momento. Probá de nuevo en un minuto.',
  options: { run: 'probar', hint: 'pista', submit: 'entregar', list: 'ejercicios' },
};

export const english: Sentences = {
  language: 'en',
  offers(offers) {
    const lines = offers.map(({ title, passed, tried }, at) => `${at + 1}. ${title}${passed ? ' ✓' : tried ? ' …' : ''}`);
    const [first] = offers;
    return `${first === undefined ? '' : `${first.course}.\n`}Which exercise shall we do?\n${lines.join('\n')}`;
  },
  noOffers: 'You are in no course with open exercises. Ask your teacher to enrol you.',
  which: 'Which one? Tell me its number or its name.',
  exercise: (shown, passed) =>
    `**${shown.title}**${passed ? ' (you have passed it)' : ''}\n${shown.statement.trim()}${fenced(shown)}${
      shown.visibleTests.length === 0
        ? ''
        : `\n\nTests that you can see:\n${shown.visibleTests.map(({ en }) => `- ${en}`).join('\n')}`
    }${shown.hiddenTests === 0 ? '' : `\nAnd ${count(shown.hiddenTests, 'hidden test', 'hidden tests')}, run when you submit.`}`,
  howTo:
    'Paste your code between lines of ``` (in the terminal `/file main.py` works too) and I run it. Then: *run*, *hint*, *submit*, *statement*, *exercises*.',
  ran({ passed, total, failing }) {
    if (failing.length === 0)
      return `All ${total} visible tests pass. Write *submit* when you are ready: the hidden ones are run then too.`;
    return [
      `${passed} of ${total} visible tests pass.`,
      ...failing.map(({ test, explained }) => `✗ ${test.en}\n  ${explained.en}`),
      'For a hint write *hint*.',
    ].join('\n');
  },
  graded({ passedAll, points, highestPoints, passed, total, failing, hidden }) {
    if (passedAll) return `Passed! All ${total} tests pass (${points} of ${highestPoints} points). *exercises* shows what is next.`;
    const categories = hidden === null || hidden.categories.length === 0 ? '' : ` (${hidden.categories.join(', ')})`;
    const ofHidden =
      hidden === null || hidden.failed === 0
        ? []
        : [`${count(hidden.failed, 'hidden test fails', 'hidden tests fail')}${categories}.`];
    return [
      `Submitted: ${passed} of ${total} tests pass (${points} of ${highestPoints} points).`,
      ...failing.map(({ test, explained }) => `✗ ${test.en}\n  ${explained.en}`),
      ...ofHidden,
      'You can mend it and submit again; for a hint write *hint*.',
    ].join('\n');
  },
  pending:
    'I have your submission and cannot grade it now: it is graded by itself in some minutes, and does not count as an attempt.',
  sandboxError: 'I could not run your program, through a fault of ours. It does not count: try again in a minute.',
  noCode: 'I have no code of yours for this exercise yet. Paste it between lines of ``` and I run it.',
  limit: (until, limit) =>
    `You have used the ${limit} requests for help of today in this course. There is help again on ${until}. You can run and submit meanwhile.`,
  note: ({ text, title, heading }) => `\nFrom the notes (*${placeOf(title, heading)}*):\n${quoted(text)}`,
  planKept: 'I have noted your plan.',
  offersOn: 'Done: if I see that you are stuck, I write.',
  offersOff: 'Done: I do not write first. If you change your mind, say *offers on*.',
  planTooShort: 'Tell me a little more: which steps will your program take, in order, and why?',
  greeting: 'Hello! I am your tutor: I help you to solve it yourself.',
  talk: {
    farewell: 'See you! What you did is kept: next time we go on from here.',
    thanks: 'You are welcome! We go on whenever you like.',
    agreed: 'Good. When you have it, paste your code and I run it; if you are stuck, write *hint*.',
    laugh: 'Ha! We go on with the exercise whenever you like.',
    'how-are-you': 'Fine, thanks! Shall we go on with the exercise? Tell me where you are.',
    who: 'I am the tutor of the course, a program and no person. I run your code, explain errors and give hints; the solution is yours to write.',
    abilities:
      'I can run your code (paste it between lines of ```), explain an error or a concept (*what is a loop?*), give you a *hint* or an *example*, grade what you *submit*, and show the *statement* or the *exercises*.',
    pause: 'No hurry. I am here whenever you like.',
    'bare-answer': 'Tell me a little more: what did you try, or which part does not work? Or write *hint*.',
    noise: 'I did not understand that. You can paste your code for me to run, ask me something, or write *hint*.',
  },
  offTopic: (title) =>
    `I do not know about that: here I help you with **${title}**. Where are you? You can ask for a *hint* or an *example* too.`,
  passedAlready: (title) => `You have passed **${title}**.`,
  chooseFirst: 'First choose an exercise.',
  ownSolution: 'The solution is yours to write: I help you find it.',
  empty: 'It came empty: there is no code in it. Paste your program between the lines of ``` and I run it.',
  otherLanguage: (found, wanted) =>
    `That looks like ${found}, and this exercise is in ${wanted}: it cannot be run like that. Write it in ${wanted}; the idea may be the same.`,
  failed: 'I could not do that right now. Try again in a minute.',
  options: { run: 'run', hint: 'hint', submit: 'submit', list: 'exercises' },
};
