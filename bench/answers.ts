/**
 * How well the booking agent answers questions from documents without a model: `npm run bench:answers`. Prints the shares of the half that is measured;
 * `-- tuning` prints those of the other half, and each question of it that did not get what it should.
 */
import { answered, sharesOf, shopQuestions } from '../agents/booking/rehearsal/shop-documents.ts';

const half = process.argv[2] === 'tuning' ? 'tuning' : 'measuring';
const answers = await answered(shopQuestions(half));
if (half === 'tuning') {
  for (const { question, relevant, kind, reply, evidence } of answers)
    if (kind !== (relevant.length > 0 ? 'right' : 'told'))
      console.log(`${kind} (${evidence ?? 'not asked'}): ${question}\n    ${reply.slice(0, 160)}`);
}
const { questions, answered: right, toldUnanswerable, wrongQuotes } = sharesOf(answers);
const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
console.log(
  `${half} half, ${questions} questions: ${percent(right)} of the answerable are answered, ${percent(toldUnanswerable)} of the others are told so, ${percent(wrongQuotes)} get a wrong quote`,
);
