/**
 * The one table of routes: servers serve it, OpenAPI describes it, clients are made of it. A new part of the
 * API is a file in routes/ and a line here.
 */
import type { AnyRoute } from './route.ts';
import { bundleActor } from './routes/bundle.ts';
import { chartRoutes } from './routes/charts.ts';
import { directoryRoutes } from './routes/directory.ts';
import { sendEvents } from './routes/events.ts';
import { followingRoutes } from './routes/following.ts';
import { guestChartRoutes } from './routes/guestCharts.ts';
import { guestRoutes } from './routes/guests.ts';
import { readEvents } from './routes/history.ts';
import { ingestRun } from './routes/ingest.ts';
import { inspectorRoutes } from './routes/inspector.ts';
import { leadRoutes } from './routes/leads.ts';
import { readMailboxes } from './routes/mailboxes.ts';
import { outboxRoutes } from './routes/outboxes.ts';
import { ptyRoutes } from './routes/ptys.ts';
import { readingRoutes } from './routes/reading.ts';
import { runRoutes } from './routes/runs.ts';
import { servingRoutes } from './routes/serving.ts';

export const table: readonly AnyRoute[] = [
  sendEvents,
  readEvents,
  ...leadRoutes,
  ...readingRoutes,
  bundleActor,
  ...directoryRoutes,
  readMailboxes,
  ...followingRoutes,
  ...runRoutes,
  ingestRun,
  ...outboxRoutes,
  ...ptyRoutes,
  ...chartRoutes,
  ...guestRoutes,
  ...guestChartRoutes,
  ...servingRoutes,
  ...inspectorRoutes,
];
