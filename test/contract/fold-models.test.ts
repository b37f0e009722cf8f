import { lexiconBackEndOn } from '../helpers/lexicon-back-end.ts';
import { MemoryObjectStore } from '../helpers/memory-object-store.ts';
import { slowBackEndOn } from '../helpers/slow-back-end.ts';
import { entityFolds, intentFolds } from './fold-cases.ts';
import { foldModelsContract } from './fold-models-contract.ts';

const close = async () => {};

foldModelsContract(
  'the lexicon',
  async () => {
    const objects = new MemoryObjectStore();
    return { objects, ...lexiconBackEndOn(objects), close };
  },
  entityFolds(),
);

foldModelsContract(
  'the slow trainer',
  async () => {
    const objects = new MemoryObjectStore();
    return { objects, ...slowBackEndOn(objects, { steps: 3, fails: false }), close };
  },
  intentFolds({ rate: 1 }),
);
