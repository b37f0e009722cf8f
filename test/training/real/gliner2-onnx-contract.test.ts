import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { gliner2OnnxPredictor } from '../../../shared/adapters/backends/gliner2-onnx/facts.ts';
import { createGliner2OnnxPredictor } from '../../../shared/adapters/backends/gliner2-onnx/gliner2-onnx-predictor.ts';
import { gliner2BackEnd } from '../../../shared/adapters/backends/jobs/gliner2-facts.ts';
import { jobBackEnds } from '../../../shared/adapters/backends/jobs/job-back-ends.ts';
import { localJobBackEnds } from '../../../shared/adapters/backends/local-job/local-job-back-ends.ts';
import { SystemClock } from '../../../shared/adapters/local/system-clock.ts';
import type { TrainerAndPredictor } from '../../contract/trained.ts';
import { trainerContract } from '../../contract/trainer-contract.ts';
import { MemoryObjectStore } from '../../helpers/memory-object-store.ts';
import { installed, realPython } from '../python.ts';
import { tinyBert } from './tiny-foundations.ts';

const folder = mkdtempSync(join(tmpdir(), 'ratchet-gliner2-contract-'));
const foundation = join(folder, 'foundation');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** GLiNER2 as a process of this machine, whose answers ONNX Runtime gives. */
async function make(): Promise<TrainerAndPredictor> {
  await tinyBert(folder, 'intents');
  const objects = new MemoryObjectStore();
  const jobs = localJobBackEnds({
    objects,
    cacheDirectory: folder,
    clock: new SystemClock(),
    python: realPython,
    backEnds: jobBackEnds.filter(({ name }) => name === gliner2BackEnd),
  });
  const [trainer] = jobs.trainers;
  if (trainer === undefined) throw new Error('there is no trainer');
  const predictor = createGliner2OnnxPredictor({ objects });
  return {
    objects,
    trainer: {
      ...trainer,
      start: (key, request, ...how) => trainer.start(key, { ...request, predictor: gliner2OnnxPredictor }, ...how),
    },
    predictor,
    close: async () => {
      await predictor.close();
      await jobs.close();
    },
  };
}

if (installed('gliner2')) {
  const configuration = {
    foundation,
    method: 'full',
    epochs: 20,
    batchSize: 8,
    encoderRate: 1e-3,
    headRate: 1e-3,
    rank: 16,
    threshold: 0.5,
  };
  trainerContract('GLiNER2, answered as ONNX', make, configuration, { timeout: 600_000 });
}
