/** Who waits for me? A list, the conversation beside it, and what is known of the person. */
import { useNavigate, useParams } from '@tanstack/react-router';
import { useAddressState } from '../../parts/address-state.ts';
import { Page } from '../../parts/page.tsx';
import { Empty } from '../../parts/surface.tsx';
import { useMay } from '../../session/session.tsx';
import { useWords } from '../../words/language.ts';
import { Conversation } from './conversation.tsx';
import { ConversationList } from './conversation-list.tsx';
import './inbox.css';
import { inboxWords } from './words.ts';

export default function Inbox() {
  const words = useWords(inboxWords);
  const { id } = useParams({ strict: false }) as { id?: string };
  const [address] = useAddressState();
  const navigate = useNavigate();
  const answers = useMay('conversations:reply');
  const open = (next: string | undefined) =>
    void navigate({ to: '/inbox/{-$id}' as never, params: { id: next } as never, search: address as never });
  return (
    <Page title={words.title}>
      <div className={id === undefined ? 'inbox' : 'inbox reading'}>
        <ConversationList chosen={id} onOpen={open} answers={answers} />
        {id === undefined ? (
          <div className="inbox-nothing">
            <Empty title={words.choose}>{words.chooseHint}</Empty>
          </div>
        ) : (
          <Conversation key={id} id={id} onBack={() => open(undefined)} />
        )}
      </div>
    </Page>
  );
}
