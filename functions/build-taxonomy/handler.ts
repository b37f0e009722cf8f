import { buildTaxonomy } from '../../shared/loop/diagnosis/build-taxonomy.ts';
import { stageFunction } from '../_middleware/stage-function.ts';
import { withAnalyst } from '../_middleware/with-analyst.ts';

export const handler = stageFunction(buildTaxonomy, withAnalyst);
