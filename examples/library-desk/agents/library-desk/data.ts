import type { PersonalData, WorkspaceAccess } from 'timonel';
import { sql } from 'timonel/database';

/** Whose data the tables hold: what makes an export complete and an erasure thorough. */
export const personalData: PersonalData = {
  tables: [
    { table: 'library_desk_books', personal: false, because: 'Titles and authors.' },
    {
      table: 'library_desk_loans',
      personal: true,
      columns: ['card'],
      whose: 'conversation_id = ANY(:conversations)',
      erase: 'delete',
    },
  ],
};

/** Invented books to try the agent with. */
export async function sample(access: WorkspaceAccess): Promise<void> {
  const add = (title: string, author: string) =>
    sql`INSERT INTO library_desk_books (workspace_id, id, title, author) VALUES (${access.workspaceId}, ${access.newId()}, ${title}, ${author})`;
  await access.query(async (database) => {
    await database.execute(add('The Left Hand of Darkness', 'Ursula K. Le Guin'));
    await database.execute(add('Fictions', 'Jorge Luis Borges'));
    await database.execute(add('The Invention of Morel', 'Adolfo Bioy Casares'));
  });
}
