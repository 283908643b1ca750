/**
 * The outbox's race and crash campaign (O5, O6): `SEED=42 ROUNDS=200 node test/crash/outbox/campaign.ts`. A
 * round is one life of a process that posts and drains flat out and is killed. Prints the seed, and keeps
 * the directory of a failure.
 */
import { OutboxDirectory } from './directory.ts';

/** Then everything has to be delivered, and a new directory begins. */
const livesMax = 5;

export interface Result {
  readonly passed: number;
  readonly failed: number;
  readonly posted: number;
  readonly delivered: number;
}

/** `report` gets a line for each directory. */
export async function outboxCampaign(
  seed: number,
  rounds: number,
  report: (line: string) => void,
): Promise<Result> {
  let [passed, failed, posted, delivered, leases, kills, crashes] = [0, 0, 0, 0, 0, 0, 0];
  for (let directories = 0; passed + failed < rounds; directories++) {
    const directory = new OutboxDirectory(seed + directories);
    const lives = Math.min(livesMax, rounds - passed - failed);
    try {
      for (let life = 0; life < lives; life++) await directory.live();
      delivered += await directory.end();
      passed += lives;
      directory.remove();
    } catch (error) {
      failed += lives;
      const text = error instanceof Error ? error.stack : String(error);
      report(`SEED=${seed + directories} ROUNDS=${lives}, kept in ${directory.root}: ${text}`);
    }
    posted += directory.posted;
    leases += directory.leases;
    kills += directory.kills;
    crashes += directory.crashes;
    const counts = `${posted} acknowledged, ${delivered} delivered in ${leases} leases`;
    report(`${passed + failed}/${rounds} rounds, ${counts}, ${kills} kills, ${crashes} crashes of workers`);
  }
  return { passed, failed, posted, delivered };
}

if (import.meta.main) {
  const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 30));
  const rounds = Number(process.env['ROUNDS'] ?? 60);
  console.log(`outbox: SEED=${seed} ROUNDS=${rounds}`);
  const { passed, failed } = await outboxCampaign(seed, rounds, (line) => console.log(line));
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
}
