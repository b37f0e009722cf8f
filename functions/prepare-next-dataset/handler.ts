import { prepareNextDataset } from '../../shared/loop/curriculum/prepare-next-dataset.ts';
import { stageFunction } from '../_middleware/stage-function.ts';

export const handler = stageFunction(prepareNextDataset);
