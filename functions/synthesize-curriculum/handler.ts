import { synthesizeCurriculum } from '../../shared/loop/curriculum/synthesize-curriculum.ts';
import { stageFunction } from '../_middleware/stage-function.ts';
import { withBackEnds } from '../_middleware/with-back-ends.ts';

export const handler = stageFunction(synthesizeCurriculum, withBackEnds);
