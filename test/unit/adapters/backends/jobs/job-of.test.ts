import { describe, expect, it } from 'vitest';
import { jobBackEnds } from '../../../../../shared/adapters/backends/jobs/job-back-ends.ts';
import { failedBy, faultOf } from '../../../../../shared/adapters/backends/jobs/job-faults.ts';
import { jobOf, wantedModels } from '../../../../../shared/adapters/backends/jobs/job-of.ts';
import { canonicalJson, digest } from '../../../../../shared/domain/base/ids.ts';
import { contractRequest } from '../../../../contract/trained.ts';
import { foldPlan } from '../../../../helpers/fold-plan.ts';
import { rejection } from '../../../../helpers/rejection.ts';

const [gliner2] = jobBackEnds;
const configuration = gliner2?.trainer.first({ options: { foundation: 'base' }, losesTooMuch: false })[0] ?? {};
const request = { ...contractRequest(configuration), folds: foldPlan('artifacts/made-up', 5, [1, 3]) };

describe('the job of a training', () => {
  it('names the model that is served and the fold models, each with what it must not train', () => {
    const models = wantedModels(request);
    expect(models.map(({ name, heldOut }) => [name, heldOut])).toEqual([
      ['served', null],
      ['part-1', { part: 1, parts: 5 }],
      ['part-3', { part: 3, parts: 5 }],
    ]);
    expect(models.map(({ artifactKey }) => artifactKey)).toEqual([
      request.artifactKey,
      ...request.folds.models.map(({ artifactKey }) => artifactKey),
    ]);
  });

  it('follows from the request alone, with the foundation of its configuration', () => {
    const dataset = new TextEncoder().encode('{}\n');
    const make = () => jobOf({ backEnd: 'gliner2', key: 'k' }, request, wantedModels(request).slice(1), dataset);
    expect(make()).toEqual(make());
    expect(make()).toMatchObject({ foundation: 'base', seed: 7, models: [{ name: 'part-1' }, { name: 'part-3' }] });
    expect(make().dataset.sha256).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('a job that failed', () => {
  const fault = { message: 'It failed.', mend: 'Mend it.' };

  it('is told where another attempt may help, and thrown where it cannot', async () => {
    expect(failedBy({ ...fault, name: 'TrainingFailed' })).toEqual({
      status: 'failed',
      name: 'TrainingFailed',
      message: 'It failed. Mend it.',
    });
    const thrown = await rejection((async () => failedBy({ ...fault, name: 'OutOfMemory' }))());
    expect(thrown).toMatchObject({ name: 'OutOfMemory', message: 'It failed.', mend: 'Mend it.' });
  });

  it('of a name that Ratchet does not know is a training that failed', () => {
    expect(faultOf({ ...fault, name: 'ZeroDivisionError' }).name).toBe('TrainingFailed');
  });
});

describe.each(jobBackEnds)('what Ratchet knows of $name', ({ trainer }) => {
  it('begins with valid configurations, finds its options in them, and tries others, each once', () => {
    const context = { options: trainer.options.parse({}), losesTooMuch: false, overPredicts: true };
    const first = trainer.first(context);
    expect(first).toHaveLength(1);
    const neighbours = trainer.neighbours(first[0] ?? {}, context);
    expect(neighbours.length).toBeGreaterThan(2);
    const all = [...first, ...neighbours].map((one) => canonicalJson(trainer.configuration.parse(one)));
    expect(new Set(all.map((text) => digest(text))).size).toBe(all.length);
    expect(trainer.options.parse(first[0])).toEqual(context.options);
  });
});
