import { Link } from '@tanstack/react-router';
import { useAnswer } from '../../api/queries.ts';
import { ago, day, exactTime } from '../../words/format.ts';
import { useWords } from '../../words/language.ts';
import type { Handoff, Shown } from './conversation.tsx';
import { contactOf, shortVersion } from './person.ts';
import { inboxWords } from './words.ts';

/** What is known of the person, why the conversation came to people, and what there was before. */
export function About({ conversation, handoff, shown }: { conversation: Shown; handoff: Handoff | undefined; shown: boolean }) {
  const words = useWords(inboxWords);
  const { name, phone, email, verified } = contactOf(conversation.contact);
  const runs = useAnswer('GET /api/v1/runs', { query: { conversation: conversation.id, limit: 10 } });
  const known = phone ?? email;
  const history = useAnswer('GET /api/v1/conversations', { query: { contactOf: conversation.id, limit: 10 } });
  const earlier = history.data?.conversations.filter(({ id }) => id !== conversation.id) ?? [];
  return (
    <aside className={shown ? 'about shown' : 'about'} aria-label={words.about}>
      {handoff !== undefined && (
        <section>
          <h3>{words.whyItCame}</h3>
          <p>{words.reasons[handoff.reason]}</p>
          {handoff.summary.wanted !== '' && (
            <p>
              <span className="quiet">{words.wanted}:</span> {handoff.summary.wanted}
            </p>
          )}
          {handoff.summary.tried.length > 0 && (
            <p>
              <span className="quiet">{words.tried}:</span> {handoff.summary.tried.join(', ')}
            </p>
          )}
        </section>
      )}
      <section>
        <h3>{words.contact}</h3>
        {name === undefined && known === undefined ? <p className="quiet">{words.noContact}</p> : null}
        {name !== undefined && <p>{name}</p>}
        {phone !== undefined && (
          <p>
            <a href={`tel:${phone}`}>{phone}</a>
            {verified === true && <span className="small quiet"> · {words.verified}</span>}
          </p>
        )}
        {email !== undefined && (
          <p>
            <a href={`mailto:${email}`}>{email}</a>
          </p>
        )}
        <p className="quiet">
          {conversation.channel} · {conversation.agent} {shortVersion(conversation.agentVersion)}
          {conversation.arm !== 'stable' && ` · ${words.arm} ${conversation.arm}`}
        </p>
        <p className="quiet" title={exactTime(conversation.createdAt)}>
          {words.began} {day(conversation.createdAt)}
        </p>
      </section>
      {earlier.length > 0 && (
        <section>
          <h3>{words.history}</h3>
          <ul>
            {earlier.map(({ id, createdAt, agent, last }) => (
              <li key={id} className="cut">
                <Link to={`/inbox/${id}`}>{day(createdAt)}</Link> <span className="quiet">{last?.text ?? agent}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
      <section>
        <h3>{words.runs}</h3>
        <ul>
          {runs.data?.runs.map(({ id, createdAt, outcome, status }) => (
            <li key={id} className="cut">
              <Link to={`/runs/${id}`} title={exactTime(createdAt)}>
                {ago(createdAt)}
              </Link>{' '}
              <span className="quiet">{outcome ?? status}</span>
            </li>
          ))}
        </ul>
      </section>
    </aside>
  );
}
