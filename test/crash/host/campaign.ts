/**
 * The host's crash campaign: `SEED=42 ROUNDS=60 node test/crash/host/campaign.ts`. A round is one life of a
 * process that hosts random actors and is ended at a random instant; after some of them everything must have
 * happened once. Prints the seed, and keeps the directory of a failure.
 */
import { HostDirectory } from './directory.ts';

/** Then everything has to settle, and a new directory with other machines begins. */
const livesMax = 5;

export interface Result {
  readonly passed: number;
  readonly failed: number;
  readonly acknowledged: number;
}

/** `report` gets a line for each directory. */
export async function hostCampaign(
  seed: number,
  rounds: number,
  report: (line: string) => void,
): Promise<Result> {
  let [passed, failed, acknowledged, kills, crashes] = [0, 0, 0, 0, 0];
  for (let directories = 0; passed + failed < rounds; directories++) {
    const directory = new HostDirectory(seed + directories);
    const lives = Math.min(livesMax, rounds - passed - failed);
    let told = '';
    try {
      for (let life = 0; life < lives; life++) await directory.live();
      told = JSON.stringify(await directory.end());
      passed += lives;
      directory.remove();
    } catch (error) {
      await directory.stop();
      failed += lives;
      const text = error instanceof Error ? error.stack : String(error);
      report(`SEED=${seed + directories} ROUNDS=${lives}, kept in ${directory.root}: ${text}`);
    }
    acknowledged += directory.acknowledged;
    kills += directory.kills;
    crashes += directory.crashes;
    const counts = `${acknowledged} acknowledged, ${kills} kills, ${crashes} crashes of workers`;
    report(`${passed + failed}/${rounds} rounds, ${counts} ${told}`);
  }
  return { passed, failed, acknowledged };
}

if (import.meta.main) {
  const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 30));
  const rounds = Number(process.env['ROUNDS'] ?? 60);
  console.log(`host: SEED=${seed} ROUNDS=${rounds}`);
  const { passed, failed } = await hostCampaign(seed, rounds, (line) => console.log(line));
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
}
