/**
 * `troupe`: what an application imports.
 */
export { openTroupe } from './openTroupe.ts';
export { connectTroupe } from './connectTroupe.ts';
export type { ConnectedTroupe, ConnectOptions } from './connectTroupe.ts';
export { defineActor } from './definition.ts';
export { chartFor, type ChartOfKind } from './chart/chartFor.ts';
export { chartLayout } from './chart/chartLayout.ts';
export type { ChartLayout } from './chart/layout.ts';
export { svgOf, type SvgOptions } from './chart/svg.ts';
export { chartStyle, type Theme } from './chart/theme.ts';
export { effectRun } from './effectRun.ts';
export { replayCheck } from './replayCheck.ts';
export { troupeSend } from './troupeSend.ts';
export type { TroupeSendParams } from './troupeSend.ts';
export { isTroupeError, TroupeError } from '../actors/troupeError.ts';
export { standardOf } from '../actors/standardSchema.ts';
export type { EventSchema } from '../actors/standardSchema.ts';
export type { ErrorCode, ErrorDetails } from '../actors/troupeError.ts';
export type { AnyEvent, Fact } from '../actors/fact.ts';
export type { StateStructure, TransitionStructure } from '../actors/statechart.ts';
export type { Seal } from '../storage/commit.ts';
export type { JournalStats } from '../storage/journal.ts';
export type { Verified } from '../storage/verify.ts';
export type { AnyAdapter } from './adapters.ts';
export type * from './definition.ts';
export type { EngineStart } from './runProcess/engine.ts';
export type { OwnEngine } from './runProcess/ownEngines.ts';
export type { BeforeSend, Redact } from './beforeSend.ts';
export type { EffectRun, Effects } from './effects.ts';
export type { FeedItem, FeedOptions, FeedPage } from './feed.ts';
export type { ConsumeOptions, Handler } from './consuming.ts';
export type { DeadLetterRecord, DrainOptions, Lease, Outbox, OutboxNews, OutboxPost } from './outbox.ts';
export type { NoteOptions, ReleaseOptions } from './outbox.ts';
export type { OutboxRecord } from './outboxRecords.ts';
export type { HistoryOptions } from './history.ts';
export type { Frames, Ingested, IngestOptions } from './ingest.ts';
export type { Refused } from './ingestQueue.ts';
export type { Limits } from './limits.ts';
export type { Filter, ListedRow } from './list.ts';
export type { Logger } from './logger.ts';
export type { RetentionOptions } from './retention.ts';
export type { Clock, ModuleOptions, Options, ValueOptions } from './options.ts';
export type { MessagesOptions, MessagesPage } from './messages.ts';
export type { Notification, Reset } from './notification.ts';
export type { OutputOptions, Pty, PtyOpen } from './pty.ts';
export type { ExecOptions, ExecResult } from './pty/ptyExec.ts';
export type { PtyAttach } from './pty/attached.ts';
export type { HostProcess, SpawnHost } from './processHost/launch.ts';
export type { Attached } from './ptySession/attach.ts';
export type { RecordingFormat, RecordingOptions } from './ptySession/recording.ts';
export type { LookOptions } from './ptySession/screen.ts';
export type { Screen, ScreenCell, ScreenOptions } from './ptySession/screenOf.ts';
export type { WaitOptions } from './ptySession/waiting.ts';
export type { WaitCondition } from './ptySession/watch.ts';
export type { ShownPiece } from './pty/shownOutput.ts';
export type { Quarantined } from './quarantine.ts';
export type { ReplayFinding, ReplayOptions } from './replayCheck.ts';
export type { Digest, Receipt, Ref } from './ref.ts';
export type {
  PromptOptions,
  PromptReceipt,
  Run,
  RunResult,
  RunStart,
  StartOptions,
  VerbOptions,
} from './run.ts';
export type { SendOptions } from './sending.ts';
export type { Shape } from './shape.ts';
export type { Snapshot } from './snapshot.ts';
export type { Stats, WorkerStats } from './stats.ts';
export type { SubscribeOptions } from './subscribeOptions.ts';
export type { Lag } from './lag.ts';
export type { Subscription } from './subscription.ts';
export type { Troupe, VerifiedAll } from './troupe.ts';
export type { UsageOptions, UsageRow } from './usage.ts';
export type { RowChanges, WatchFilter, WatchOptions } from './watch.ts';
