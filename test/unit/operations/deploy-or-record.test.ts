import { expect, test } from 'vitest';
import { RatchetError } from '../../../shared/domain/base/errors.ts';
import { moveChampion } from '../../../shared/domain/models/control.ts';
import { updateControl } from '../../../shared/operations/control-item.ts';
import { notDeployed } from '../../../shared/operations/deploy-champion.ts';
import { deployOrRecord } from '../../../shared/operations/deploy-or-record.ts';
import type { Deployer } from '../../../shared/ports/deployer.ts';
import { sampleCheckpoint, sampleModel } from '../../helpers/lineage-samples.ts';
import { memoryPorts } from '../../helpers/memory-ports.ts';

/** A model with a promoted champion, and a place to deploy it that fails so many times. */
async function deployed(failures: number) {
  const plain = memoryPorts();
  const model = sampleModel({ deployTo: '/models/here' });
  await plain.lineage.createModel(model);
  for (const checkpointId of ['c1', 'c2']) {
    await plain.lineage.putCheckpoint(sampleCheckpoint({ checkpointId }));
    await updateControl('m1', plain, (control) =>
      moveChampion(control, { at: '', to: checkpointId, kind: 'promote', by: 'r1', reason: '' }),
    );
  }
  let tries = 0;
  const deployer: Deployer = {
    problem: () => null,
    async deploy(_, { checkpointId }) {
      expect(checkpointId).toBe('c2');
      tries += 1;
      if (tries <= failures) throw new Error('the disk is full');
    },
  };
  const ports = { ...plain, deployer };
  await deployOrRecord('m1', ports, [1, 1]);
  return { tries, told: await notDeployed(model, ports) };
}

test('a champion is deployed once where that goes well', async () => {
  expect(await deployed(0)).toEqual({ tries: 1, told: null });
});

test('is tried again as often as there are waits, and deployed where one try goes well', async () => {
  expect(await deployed(1)).toEqual({ tries: 2, told: null });
  expect(await deployed(2)).toEqual({ tries: 3, told: null });
});

test('stays the champion where every try fails, and why is on record', async () => {
  const { tries, told } = await deployed(3);
  expect(tries).toBe(3);
  expect(told).toContain('the disk is full');
});

test.each([new Error('the lineage cannot be read'), new RatchetError('CorruptArtifact', 'The model is damaged.')])(
  'what has nothing to do with the place is thrown at once: %s',
  async (error) => {
    const ports = memoryPorts();
    let asked = 0;
    ports.lineage.getModel = async () => {
      asked += 1;
      throw error;
    };
    await expect(deployOrRecord('m1', ports, [1, 1])).rejects.toBe(error);
    expect(asked).toBe(1);
  },
);
