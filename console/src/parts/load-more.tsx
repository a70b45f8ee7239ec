import { useWords } from '../words/language.ts';
import { Button } from './button.tsx';
import { partWords } from './words.ts';

interface LoadMoreProps {
  /** A list that is read by pages. */
  list: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage(): unknown };
}

/** Below a list: reads its next page; nothing where there is none. */
export function LoadMore({ list }: LoadMoreProps) {
  const words = useWords(partWords);
  if (!list.hasNextPage) return null;
  return (
    <Button kind="quiet" busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
      {words.loadMore}
    </Button>
  );
}
