import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { samples } from '../../helpers/made-up-traffic.ts';
import { realPython } from '../python.ts';
import { namedTexts } from './named-texts.ts';

/** An encoder with the words of the made-up traffic, or of the texts that name something. */
export async function tinyBert(folder: string, traffic: 'labelled' | 'named' = 'labelled'): Promise<string> {
  const { command, env } = await realPython();
  const { SeededRandom } = await import('../../../shared/adapters/local/seeded-random.ts');
  const texts = (traffic === 'named' ? namedTexts : samples)(600, 0.5, new SeededRandom().stream(9, 'words'));
  await mkdir(folder, { recursive: true });
  const file = join(folder, 'texts.json');
  await writeFile(file, JSON.stringify(texts.map(({ input }) => input)));
  const target = join(folder, 'tiny-bert');
  const script =
    'import json, sys; from pathlib import Path; from foundations import tiny_bert; tiny_bert(Path(sys.argv[2]), json.load(open(sys.argv[1])))';
  execFileSync(command[0], ['-c', script, file, target], {
    env: { ...env, PYTHONPATH: `${env.PYTHONPATH}:${env.PYTHONPATH}/tests` },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return target;
}
