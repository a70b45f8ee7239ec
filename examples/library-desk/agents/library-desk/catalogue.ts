/** Stands for the library's own system, which Timonel knows nothing of: replace it with calls of its API. */
export interface Loan {
  key: string;
  card: string;
  title: string;
  due: string;
}

const titles = ['The Left Hand of Darkness', 'Fictions', 'The Invention of Morel'];
const loans: Loan[] = [{ key: 'before', card: '20000', title: 'Fictions', due: '2026-11-27' }];
export const reminded: string[] = [];

export const catalogue = {
  find: async (words: string) => titles.filter((title) => title.toLowerCase().includes(words.toLowerCase())),
  loansOf: async (card: string) => loans.filter((loan) => loan.card === card),
  borrowerOf: async (title: string) => loans.find((loan) => loan.title === title)?.card,
  loanWithKey: async (key: string) => loans.find((loan) => loan.key === key),
  /** The system takes a key: the same one again changes nothing. */
  async lend(loan: Loan): Promise<Loan> {
    const before = loans.find(({ key }) => key === loan.key);
    if (before === undefined) loans.push(loan);
    return before ?? loan;
  },
  giveBack: async (card: string, title: string) => {
    const at = loans.findIndex((loan) => loan.card === card && loan.title === title);
    if (at >= 0) loans.splice(at, 1);
    return at >= 0;
  },
  waiveFee: async (card: string, amount: number) => ({ card, waived: amount }),
  remind: async (key: string) => void reminded.push(key),
};
