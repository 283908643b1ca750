/**
 * Errors and issues: exact counts by class, and samples that point at the cause. An error is what failed; an
 * issue is what does not fit together. No finding is both.
 *
 * The classes of a kind share a number of samples; with more classes each keeps fewer of its first ones. A
 * class never goes, so shares only shrink, and it does not matter when they were cut: merging stays a monoid.
 */
import {
  errorClassesMax,
  errorSamplesMax,
  issueSamplesMax,
  labelBytesMax,
  nameBytesMax,
  samplesMax,
} from '../limits.ts';
import { clipped } from '../text.ts';
import { otherName, tallied, tallySum } from './tally.ts';
import type { Tally } from './tally.ts';

/** The fact to look at. */
export interface Sample {
  readonly seq: number;
  readonly at: number;
  readonly label: string;
}

export interface ErrorClass {
  readonly count: number;
  readonly samples: readonly Sample[];
}

export type Severity = 'error' | 'warning';

export interface IssueClass extends ErrorClass {
  readonly severity: Severity;
}

/** What does not fit together, and how bad that is. */
export const issueSeverities = {
  missing_tool_result: 'error',
  orphan_tool_result: 'warning',
  unanswered_permission: 'warning',
  incomplete_turn: 'warning',
  abnormal_stop: 'warning',
  /** A frame that its adapter does not know: kept as a note. */
  unknown_frame: 'warning',
} as const;
export type IssueName = keyof typeof issueSeverities;

export type Errors = Tally<ErrorClass>;
export type Issues = Readonly<Partial<Record<IssueName, IssueClass>>>;

export function sampleOf({ seq, at }: { readonly seq: number; readonly at: number }, label = ''): Sample {
  return { seq, at, label: clipped(label, labelBytesMax) };
}

export function withError(errors: Errors, name: string, sample: Sample): Errors {
  const one = { count: 1, samples: [sample] };
  return bounded(tallied(errors, clipped(name, nameBytesMax) || 'error', one, errorSum, errorClassesMax));
}

export function errorsSum(a: Errors, b: Errors): Errors {
  return bounded(tallySum(a, b, errorSum, errorClassesMax));
}

function bounded(errors: Errors): Errors {
  const names = Object.keys(errors).filter((name) => name !== otherName);
  return shared(nameless(errors), names.length, errorSamplesMax);
}

/** Each of `count` classes with its share of the samples. */
function shared<C extends Readonly<Record<string, ErrorClass>>>(classes: C, count: number, all: number): C {
  const share = Math.min(samplesMax, Math.floor(all / Math.max(1, count)));
  if (Object.values(classes).every(({ samples }) => samples.length <= share)) return classes;
  const entries = Object.entries(classes).map(([name, found]) => {
    return [name, { ...found, samples: found.samples.slice(0, share) }] as const;
  });
  return Object.fromEntries(entries) as unknown as C; // The same names, the same classes.
}

/** What was put together has no samples: which ones came first would depend on the order of merging. */
function nameless(errors: Errors): Errors {
  const other = Object.hasOwn(errors, otherName) ? errors[otherName] : undefined;
  if (other === undefined || other.samples.length === 0) return errors;
  return { ...errors, [otherName]: { ...other, samples: [] } };
}

export function withIssue(issues: Issues, name: IssueName, sample: Sample, count = 1): Issues {
  const one = { count, severity: issueSeverities[name], samples: [sample] };
  const before = issues[name];
  return sharing({ ...issues, [name]: before === undefined ? one : issueSum(before, one) });
}

export function issuesSum(a: Issues, b: Issues): Issues {
  const names = Object.keys(issueSeverities) as IssueName[];
  const entries = names.flatMap((name) => {
    const [one, other] = [a[name], b[name]];
    if (one === undefined || other === undefined) return [[name, one ?? other] as const];
    return [[name, issueSum(one, other)] as const];
  });
  return sharing(Object.fromEntries(entries.filter(([, found]) => found !== undefined)));
}

/** Entries are there or not; none is undefined. */
const sharing = (issues: Issues): Issues =>
  shared(issues as Readonly<Record<string, IssueClass>>, Object.keys(issues).length, issueSamplesMax);

/** The first samples stay: how it began says more than how it went on. */
function errorSum(a: ErrorClass, b: ErrorClass): ErrorClass {
  return { count: a.count + b.count, samples: [...a.samples, ...b.samples] };
}

function issueSum(a: IssueClass, b: IssueClass): IssueClass {
  return { ...errorSum(a, b), severity: a.severity };
}
