import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { onnxFile } from '../../shared/adapters/backends/embedded/export/onnx-file.ts';
import { useLiteGraph } from '../../shared/adapters/backends/embedded/export/use-lite-graph.ts';
import { readUseLiteWeights } from '../../shared/adapters/backends/embedded/use-lite-weights.ts';
import { RatchetError } from '../../shared/domain/base/errors.ts';
import { loadEmails } from '../spam-demo/load-emails.ts';
import type { Place } from './encoders.ts';

/** They take 430 MB, so they are no dependencies; nothing is built or run while they are installed. */
const packages = ['onnxruntime-node@1.30.0', 'onnxruntime-web@1.30.0'];
const longTexts = 200;
const shortTexts = 1_000;

/** Installs the other libraries in the folder, unless they are there already, and writes the network as ONNX. */
export async function prepare(folder: string): Promise<Place> {
  const done = join(folder, 'installed.txt');
  if ((await readFile(done, 'utf8').catch(() => '')) !== packages.join('\n')) {
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'package.json'), '{"private":true}\n');
    const install = ['install', '--ignore-scripts', '--no-package-lock', ...packages];
    await promisify(execFile)('npm', install, { cwd: folder }).catch((cause: unknown) => {
      throw new RatchetError('InvalidInput', 'npm cannot install ONNX Runtime.', {
        cause,
        mend: 'Let npm reach its registry.',
      });
    });
    await writeFile(done, packages.join('\n'));
  }
  const place = { packages: folder, network: join(folder, 'use-lite.onnx'), vocabulary: join(folder, 'pieces.json') };
  const weights = await readUseLiteWeights();
  await writeFile(place.network, onnxFile(useLiteGraph(weights)));
  await writeFile(place.vocabulary, JSON.stringify(weights.pieces));
  return place;
}

/**
 * Texts out of the spam demo's mails: whole ones, of which the first 2,000 characters count, and pieces of ten words.
 */
export async function loadTexts(): Promise<Readonly<Record<string, readonly string[]>>> {
  const mails = (await loadEmails()).map(({ text }) => text);
  const every = Math.floor(mails.length / longTexts);
  const pieces = mails.flatMap((text) => {
    const words = text.split(/\s+/).slice(0, 10);
    return words.length < 10 ? [] : [words.join(' ')];
  });
  return {
    'ten words': [...new Set(pieces)].slice(0, shortTexts),
    mail: mails.filter((_, index) => index % every === 0).slice(0, longTexts),
  };
}
