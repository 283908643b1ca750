/** The part of DBOS that is driven here, launched on the database that the benchmark has made for it. */
import { installed } from './installed.ts';

export interface DBOS {
  setConfig(config: object): void;
  launch(): Promise<void>;
  shutdown(options?: object): Promise<void>;
  registerWorkflow<Args extends readonly unknown[], Return>(
    workflow: (...args: Args) => Promise<Return>,
    options: { readonly name: string },
  ): (...args: Args) => Promise<Return>;
  startWorkflow<Args extends readonly unknown[], Return>(
    workflow: (...args: Args) => Promise<Return>,
    options: { readonly workflowID: string },
  ): (...args: Args) => Promise<{ getResult(): Promise<Return> }>;
  runStep<Return>(step: () => Promise<Return>, options: { readonly name: string }): Promise<Return>;
  listWorkflows(options: object): Promise<readonly { readonly status: string }[]>;
  listWorkflowSteps(id: string): Promise<readonly { readonly name: string }[] | undefined>;
}

export async function loadDBOS(): Promise<DBOS> {
  const { DBOS } = await installed<{ readonly DBOS: DBOS }>('@dbos-inc/dbos-sdk');
  DBOS.setConfig({
    name: 'beside',
    systemDatabaseUrl: process.env['BENCH_POSTGRES'],
    logLevel: 'error',
  });
  return DBOS;
}
