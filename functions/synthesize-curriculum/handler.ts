import { synthesizeCurriculum } from '../../shared/stages/synthesize-curriculum.ts';
import { stageFunction } from '../_middleware/stage-function.ts';

export const handler = stageFunction(synthesizeCurriculum);
