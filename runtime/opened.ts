/**
 * What one open directory has in this process: its journal, the way to its hosts, the tasks of this thread.
 * Everybody who opened that directory here shares one of these; the last to close it closes it.
 *   - Closing takes nothing new in, lets hosts make durable what they have, ends threads before the journal
 *     (an environment closed in several threads at once aborts the process), and takes no longer than
 *     `limits.closeMs` and a little.
 */
import { randomBytes } from 'node:crypto';
import type { Fact } from '../actors/fact.ts';
import { addressOf } from '../actors/address.ts';
import { errorOf } from '../actors/troupeError.ts';
import type { Refusal } from '../actors/troupeError.ts';
import { openJournal } from '../storage/open.ts';
import type { OpenJournal } from '../storage/open.ts';
import { definitionsIn } from './actorsModule.ts';
import type { Prepared } from './beforeSend.ts';
import { hostedWith } from './builtIn.ts';
import { Channels } from './channel.ts';
import { Drivers } from './drivers.ts';
import { EffectRuns } from './effects.ts';
import { historyOf } from './history.ts';
import type { HistoryOptions } from './history.ts';
import type { Hosting } from './hosting.ts';
import { InThread } from './inThread.ts';
import type { Link, Report } from './link.ts';
import { newId } from './newId.ts';
import { News } from './news.ts';
import type { Plan } from './options.ts';
import { ProcessHost } from './processHost/processHost.ts';
import { Leaving } from './leaving.ts';
import { Pty } from './pty.ts';
import { PtyDriver } from './pty/ptyDriver.ts';
import { Looks } from './ptySession/looks.ts';
import { ReadingHost } from './readingHost.ts';
import { Quarantine } from './quarantine.ts';
import { Retention } from './retention.ts';
import { Router } from './router.ts';
import { OwnEngines } from './runProcess/ownEngines.ts';
import { ProcessDriver } from './runProcess/processDriver.ts';
import { Workers } from './workers.ts';

const closing: Refusal = {
  code: 'CLOSED',
  message: 'This runtime is closed. Open it again; what had no answer may have been applied all the same.',
  details: { outcome: 'unknown' },
};

/** Beyond what hosts take themselves: a stuck one is not waited for. */
const closeGraceMs = 2_000;

export class Opened {
  readonly plan: Plan;
  readonly journal: OpenJournal;
  readonly router: Router;
  readonly effects: EffectRuns;
  readonly drivers: Drivers;
  /** Sessions' own side of their driver. */
  readonly ptys: PtyDriver;
  /** Screens of sessions, and waits on them. */
  readonly looks: Looks;
  /** The same of runs. */
  readonly processes: ProcessDriver;
  /** Those of the user's own. */
  readonly engines: OwnEngines;
  /** What its references do to what they send; the newest functions given. */
  readonly beforeSend: Prepared;
  readonly quarantine: Quarantine;
  readonly channels: Channels;
  readonly news: News;
  readonly hosting: Hosting;
  readonly #retention: Retention;
  isClosed = false;

  private constructor(parts: Parts, hosting: Hosting) {
    this.plan = parts.plan;
    this.journal = parts.journal;
    this.router = parts.router;
    this.effects = parts.effects;
    this.drivers = parts.drivers;
    this.ptys = parts.ptys;
    this.looks = parts.looks;
    this.processes = parts.processes;
    this.engines = parts.engines;
    this.beforeSend = parts.beforeSend;
    this.quarantine = parts.quarantine;
    this.channels = parts.channels;
    this.news = parts.news;
    this.hosting = hosting;
    const holder = { opened: this, leaving: new Leaving(), assertOpen: () => undefined };
    this.processes.newSession = () => new Pty(holder, addressOf('pty', newId()));
    this.#retention = retentionOf(parts);
  }

  static async open(plan: Plan): Promise<Opened> {
    const journal = await openJournal(plan.medium);
    try {
      const parts = partsOf(plan, journal);
      return new Opened(parts, await hostingOf(parts));
    } catch (error) {
      await journal.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    this.router.closeIntake(closing);
    const retained = this.#retention.end();
    this.effects.close();
    // B4: while there is a host that records how they ended.
    await this.drivers.close();
    this.channels.close(errorOf(closing));
    this.looks.close();
    this.isClosed = true;
    this.news.close();
    await within(this.plan.limits.closeMs + closeGraceMs, this.hosting.close());
    for (const link of this.router.links) link.refuse(closing);
    await retained;
    await this.hosting.end();
    await this.journal.close();
  }
}

interface Parts {
  readonly channels: Channels;
  readonly news: News;
  readonly plan: Plan;
  readonly journal: OpenJournal;
  readonly router: Router;
  readonly effects: EffectRuns;
  readonly drivers: Drivers;
  readonly ptys: PtyDriver;
  readonly looks: Looks;
  readonly processes: ProcessDriver;
  readonly engines: OwnEngines;
  readonly beforeSend: Prepared;
  readonly quarantine: Quarantine;
}

function partsOf(plan: Plan, journal: OpenJournal): Parts {
  const { limits, workers, now } = plan;
  const quarantine = new Quarantine(now);
  const router: Router = new Router({
    hosts: Math.max(1, workers),
    session: randomBytes(9).toString('base64url'),
    limits,
    revived: (link) => {
      parts.channels.revived(link);
      parts.drivers.revived(link);
      parts.news.revived(link);
    },
    lost: (refusal, link) => {
      parts.channels.lost(link, errorOf(refusal));
      parts.news.lost(errorOf(refusal));
    },
    report: (report, link) => reported(parts, report, link),
  });
  const beforeSend: Prepared = { ...plan.beforeSend };
  const effects = new EffectRuns({
    effects: plan.effects,
    beforeSend,
    limits,
    logger: plan.logger,
    ended: (address, end) => router.order(router.linkOf(address), { op: 'effect.end', address, end }),
  });
  const [channels, news] = [new Channels(router), new News(router)];
  const looks = new Looks();
  const host = new ProcessHost(plan.spawnHost && { spawnHost: plan.spawnHost });
  const ptys = new PtyDriver({
    host,
    screenAt: async (address, at) => {
      const history = (options?: HistoryOptions): AsyncIterable<Fact> => historyOf(journal, address, options);
      return looks.screens.screen({ address, history }, { at });
    },
  });
  const engines = new OwnEngines(plan.engines);
  const processes = new ProcessDriver({ host, beforeSend, engines, eventBytes: limits.eventBytes });
  const { logger } = plan;
  const sources = { 'pty/pty': ptys, 'run/process': processes };
  const drivers = new Drivers({ router, journal, logger, now, sources });
  const parts: Parts = {
    plan,
    journal,
    router,
    effects,
    drivers,
    ptys,
    looks,
    processes,
    engines,
    beforeSend,
    quarantine,
    channels,
    news,
  };
  return parts;
}

function retentionOf({ plan, journal, channels, news }: Parts): Retention {
  const { retention: options, now, wait, logger } = plan;
  const expired = (addresses: readonly string[]): void => {
    for (const address of addresses) channels.erased(address);
    news.heard(addresses);
  };
  return new Retention({ options, journal, now, wait, logger, expired });
}

/** What a host says that is nobody's answer. */
function reported(
  { plan, effects, drivers, quarantine, channels, news }: Parts,
  report: Exclude<Report, { op: 'deliver' }>,
  link: Link,
): void {
  switch (report.op) {
    case 'effect.start':
      return effects.start(report.call);
    case 'effect.stop':
      drivers.stop(report.address, report.effectId);
      return effects.stop(report.address, report.effectId);
    case 'driver.start':
      // A source that only users know is theirs, driver or not.
      return drivers.start(report.call) ? undefined : effects.start(report.call);
    case 'driver.tell':
      return drivers.tell(report.address, report.effectId, report.event, report.seq);
    case 'log':
      return plan.logger[report.level](report.details, report.text);
    case 'quarantine':
      plan.logger.error({ address: report.address, reason: report.reason }, report.reason.message);
      quarantine.add(report.address, report.reason);
      channels.aside(report.address, errorOf(report.reason));
      return news.heard([report.address]);
    case 'notice':
      return channels.notice(report);
    case 'changes':
      return news.heard(report.addresses);
    case 'lost':
      plan.logger.error({ slot: link.slot, refusal: report.refusal }, report.refusal.message);
      return link.lose(report.refusal);
  }
}

async function hostingOf(parts: Parts): Promise<Hosting> {
  const { plan, journal, router, quarantine, news } = parts;
  const { actors, workers, limits, indexLabels, logger, resourceLimits, now, wait } = plan;
  if (workers === 0 || journal.share === undefined) {
    const definitions = hostedWith(typeof actors === 'string' ? await definitionsIn(actors) : (actors ?? []));
    const [link] = router.links;
    if (link === undefined) throw new Error('a router has at least one link');
    if (plan.isReadOnly) return new ReadingHost(journal, definitions, link);
    const shards = router.shardsOf(0);
    return InThread.open({ journal, definitions, shards, link, router, limits, indexLabels, now, wait });
  }
  return Workers.open({
    router,
    share: journal.share(),
    actors: typeof actors === 'string' ? actors : undefined,
    limits,
    indexLabels,
    logger,
    resourceLimits,
    quarantined: () => quarantine.addresses(),
    quarantine: (address, reason) => {
      quarantine.add(address, reason);
      news.heard([address]);
      logger.error({ address, reason }, reason.message);
      router.refuseActor(address, reason);
    },
  });
}

/** Waits for `work`, but not for ever. */
async function within(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
