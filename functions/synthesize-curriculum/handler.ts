import { synthesizeCurriculum } from '../../shared/loop/curriculum/synthesize-curriculum.ts';
import { stageFunction } from '../_middleware/stage-function.ts';

export const handler = stageFunction(synthesizeCurriculum);
