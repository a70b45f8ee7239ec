/** Rooms and stays of the agent `hotel`, as its routes answer them. */
import { type QueryClient, useQuery } from '@tanstack/react-query';
import { queryText, request } from '../../api/client.ts';
import type { ApiProblem } from '../../api/problem.ts';

const root = '/api/v1/agents/hotel';
/** Agents book in runs: what ends a run has everything under this name read anew. */
const live = 'GET /api/v1/runs';
/** People and other channels book by other means, too, of which no event tells. */
const everyMs = 30_000;

/** Days that the board shows. */
export const boardDays = 14;

export interface Stay {
  id: string;
  version: number;
  code: string | null;
  guest: string;
  from: string;
  to: string;
  status: 'held' | 'confirmed' | 'in_house' | 'blocked';
  pinned: boolean;
  channel: boolean;
  reason: string;
  adults: number;
  children: readonly number[];
  arrivalTime: string | null;
  lateUntil: string | null;
  holdExpiresAt: string | null;
  conversationId: string | null;
}

export interface Room {
  id: string;
  room: string;
  type: string;
  hotel: string;
  stays: readonly Stay[];
}

export interface Hotel {
  name: string;
  today: string;
  time: string;
  checkOutUntil: string;
  system: string | null;
  conflicts: number;
}

export interface Board {
  from: string;
  to: string;
  hotels: readonly Hotel[];
  rooms: readonly Room[];
}

/** A stay that the system of somebody else tells of. */
export interface ElsewhereStay {
  id: string;
  code: string | null;
  guest: string;
  from: string;
  to: string;
  status: string;
  rooms: readonly string[];
}

export interface Elsewhere {
  hotel: string;
  system: string;
  reached: boolean;
  complete: boolean;
  stays: readonly ElsewhereStay[];
}

/** A line of the lists of the day. */
export interface Listed {
  code: string;
  guest: string;
  phone: string | null;
  hotel: string;
  rooms: readonly string[];
  checkIn: string;
  checkOut: string;
  arrivalTime: string | null;
  lateUntil: string | null;
  status: string;
  balance: number | null;
  source: string;
}

export const dayLists = ['arrivals', 'departures', 'in-house'] as const;
export type DayList = (typeof dayLists)[number];

async function read<T>(path: string, query: Record<string, unknown>, signal: AbortSignal): Promise<T> {
  return (await request<T>('GET', `${root}${path}${queryText(query)}`, { signal })).value;
}

export function useBoard(from: string) {
  return useQuery<Board, ApiProblem>({
    queryKey: [live, 'rooms', from],
    queryFn: ({ signal }) => read<Board>('/board', { from, days: boardDays }, signal),
    refetchInterval: everyMs,
  });
}

/** What systems of others say; asked where a hotel is kept in one. */
export function useElsewhere(from: string, enabled: boolean) {
  return useQuery<readonly Elsewhere[], ApiProblem>({
    queryKey: ['rooms', 'elsewhere', from],
    queryFn: async ({ signal }) => (await read<{ hotels: Elsewhere[] }>('/elsewhere', { from, days: boardDays }, signal)).hotels,
    enabled,
    staleTime: 60_000,
  });
}

export function useDayList(list: DayList, date: string) {
  return useQuery<readonly Listed[], ApiProblem>({
    queryKey: [live, 'rooms', list, date],
    queryFn: async ({ signal }) => (await read<{ stays: Listed[] }>(`/${list}`, { date }, signal)).stays,
    refetchInterval: everyMs,
  });
}

/** Has everything that is shown of rooms read anew, and waits for it. */
export async function readAgain(client: QueryClient): Promise<void> {
  await Promise.all([
    client.invalidateQueries({ queryKey: [live, 'rooms'] }),
    client.invalidateQueries({ queryKey: ['rooms', 'elsewhere'] }),
  ]);
}

/** Gives a stay a room for all of its nights. @returns how many others changed rooms for it */
export async function giveRoom({ id, version }: Pick<Stay, 'id' | 'version'>, room: string, pinned = true): Promise<number> {
  const { value } = await request<{ moved: number }>('PUT', `${root}/seats/${id}`, { body: { room, version, pinned } });
  return value.moved;
}

export type Command = 'check-in' | 'check-out' | 'no-show';

export async function tell(command: Command, code: string): Promise<void> {
  await request('POST', `${root}/commands/${command}`, { body: { code } });
}

/** @returns whether it is not known yet: the system of somebody else did not answer clearly */
export async function cancelStay(code: string): Promise<boolean> {
  const { value } = await request<{ state: string }>('POST', `${root}/commands/cancel-stay`, { body: { code } });
  return value.state === 'unclear';
}

export async function block(closure: { room: string; from: string; to: string; reason: string }): Promise<void> {
  await request('POST', `${root}/closures`, { body: closure });
}

export async function unblock({ id, version }: Pick<Stay, 'id' | 'version'>): Promise<void> {
  await request('DELETE', `${root}/closures/${id}`, { headers: { 'if-match': `"${version}"` } });
}
