/**
 * Every generated page of docs/reference/, by its name.
 */
import { apiPages } from './api.ts';
import { eventsPage } from './events.ts';
import { limitsPage } from './limits.ts';

export async function referencePages(): Promise<ReadonlyMap<string, string>> {
  return new Map([...(await apiPages()), ['events.md', eventsPage()], ['limits.md', limitsPage()]]);
}
