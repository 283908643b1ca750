/**
 * The crash campaign: `SEED=42 ROUNDS=200 npm run test:crash`. Children are killed while they write; after
 * each kill everything they were told is durable must be there. Prints the seed, so that a failure can be
 * had again (as far as the moment of a kill can), and keeps the directory of a failure.
 */
import { Directory } from './directory.ts';

/** Then a new directory: histories stay short enough to compare all of them after each life. */
const livesMax = 12;

export interface Result {
  readonly passed: number;
  readonly failed: number;
  readonly acknowledged: number;
}

/** `report` gets a line now and then. */
export async function campaign(
  seed: number,
  rounds: number,
  report: (line: string) => void,
): Promise<Result> {
  let [passed, failed, acknowledged, inFlight, survived, backups] = [0, 0, 0, 0, 0, 0];
  for (let directories = 0; passed + failed < rounds; directories++) {
    const directory = new Directory(seed + directories);
    try {
      for (let life = 0; life < livesMax && passed + failed < rounds; life++) {
        const verdict = await directory.live();
        acknowledged += verdict.acknowledged;
        inFlight += verdict.inFlight;
        survived += verdict.survived;
        backups += verdict.backups.length;
        passed++;
      }
      await directory.end();
      directory.remove();
    } catch (error) {
      failed++;
      const text = error instanceof Error ? error.stack : String(error);
      report(`SEED=${seed + directories} ROUNDS=${livesMax}, kept in ${directory.root}: ${text}`);
    }
    const flights = `${inFlight} in flight (${survived} survived), ${backups} backups`;
    report(`${passed + failed}/${rounds} rounds, ${acknowledged} acknowledged, ${flights}`);
  }
  return { passed, failed, acknowledged };
}

if (import.meta.main) {
  const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 30));
  const rounds = Number(process.env['ROUNDS'] ?? 200);
  console.log(`SEED=${seed} ROUNDS=${rounds}`);
  const { passed, failed } = await campaign(seed, rounds, (line) => console.log(line));
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
}
