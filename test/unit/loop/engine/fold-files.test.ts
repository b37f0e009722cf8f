import { expect, test } from 'vitest';
import { foldFile, removeFoldFiles } from '../../../../shared/loop/engine/fold-files.ts';
import { stageKey } from '../../../../shared/loop/engine/stage.ts';
import { MemoryObjectStore } from '../../../helpers/memory-object-store.ts';
import { sampleHead } from '../../../helpers/record-samples.ts';

test('datasets and models of the folds of a stage go, and nothing else of it or of others', async () => {
  const objects = new MemoryObjectStore();
  const key = (file: string, stage = 'triage-traces') => stageKey(stage, sampleHead, file);
  const gone = [foldFile('', 0, 'jsonl'), foldFile('first-', 0, 'jsonl'), foldFile('second-', 10, 'bin')].map((file) =>
    key(file),
  );
  const stay = [
    key('triaged.jsonl'),
    key('fold-x.bin'),
    key('fold-1.json'),
    key('fold-1.bin.cost.json'),
    key(foldFile('first-', 1, 'bin'), 'train-candidates'),
  ];
  for (const name of [...gone, ...stay]) await objects.put(name, new Uint8Array());
  await removeFoldFiles('triage-traces', sampleHead, { objects });
  expect([...(await objects.list('runs/'))].sort()).toEqual([...stay].sort());
});
