import { buildTaxonomy } from '../../shared/loop/diagnosis/build-taxonomy.ts';
import { stageFunction } from '../_middleware/stage-function.ts';
import { withBackEnds } from '../_middleware/with-back-ends.ts';

export const handler = stageFunction(buildTaxonomy, withBackEnds);
