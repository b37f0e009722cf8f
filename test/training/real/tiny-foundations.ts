import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SeededRandom } from '../../../shared/adapters/local/seeded-random.ts';
import { madeUpIntents } from '../../helpers/made-up-intents.ts';
import { samples } from '../../helpers/made-up-traffic.ts';
import { realPython } from '../python.ts';
import { namedTexts } from './named-texts.ts';

const traffic = { labelled: samples, named: namedTexts, intents: () => madeUpIntents };

/** An encoder with the words of the made-up traffic of a kind. */
export function tinyBert(folder: string, kind: keyof typeof traffic = 'labelled'): Promise<string> {
  return foundation('tiny_bert', folder, kind);
}

/** The same as a whole GLiNER2 that knows nothing, of the parts of those that are published. */
export function tinyGliner2(folder: string, kind: keyof typeof traffic): Promise<string> {
  return foundation('tiny_gliner2', folder, kind);
}

async function foundation(
  name: 'tiny_bert' | 'tiny_gliner2',
  folder: string,
  kind: keyof typeof traffic,
): Promise<string> {
  const { command, env } = await realPython();
  const texts = traffic[kind](600, 0.5, new SeededRandom().stream(9, 'words'));
  await mkdir(folder, { recursive: true });
  const file = join(folder, 'texts.json');
  await writeFile(file, JSON.stringify(texts.map(({ input }) => input)));
  const target = join(folder, 'foundation');
  const script =
    'import foundations, json, sys; from pathlib import Path; getattr(foundations, sys.argv[1])(Path(sys.argv[3]), json.load(open(sys.argv[2])))';
  execFileSync(command[0], ['-c', script, name, file, target], {
    env: { ...env, PYTHONPATH: `${env.PYTHONPATH}:${env.PYTHONPATH}/tests` },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return target;
}
