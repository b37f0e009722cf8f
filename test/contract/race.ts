import { fork } from 'node:child_process';
import { once } from 'node:events';

/** What one racing process reports: the numbers it won. */
export type Wins = readonly number[];

/**
 * Runs `test/contract/racer.ts` in several processes that start together.
 * @param kind what is raced for @param location directory, file, bucket or table of the store @param rounds how many
 * prizes there are
 */
export async function race(
  kind: 'objects' | 'control' | 'budgets' | 's3-objects' | 'dynamodb-control' | 'dynamodb-budgets',
  location: string,
  rounds: number,
  processes = 2,
): Promise<readonly Wins[]> {
  const racer = new URL('./racer.ts', import.meta.url);
  const children = Array.from({ length: processes }, (_, index) =>
    fork(racer, [kind, location, String(rounds), `racer-${index}`], { execArgv: [] }),
  );
  try {
    await Promise.all(children.map((child) => once(child, 'message')));
    const results = children.map((child) => once(child, 'message'));
    for (const child of children) child.send('go');
    return (await Promise.all(results)).map(([wins]) => wins as Wins);
  } finally {
    for (const child of children) child.kill();
  }
}
