import { RatchetError } from '../../shared/domain/base/errors.ts';
import type { ShardRequest } from '../../shared/ports/analyst.ts';
import { agentsWith } from '../helpers/agents-analyst.ts';
import { analystRun } from '../helpers/analysis.ts';
import { goodAnalyst } from '../helpers/analyst-script.ts';
import { scriptedChat } from '../helpers/scripted-chat.ts';
import { passing, planted, plantedTask, stream } from '../unit/adapters/analysts/statistical/planted.ts';
import { analystContract } from './analyst-contract.ts';
import { longWorkContract } from './long-work-contract.ts';

analystContract('agents', () => agentsWith(scriptedChat(goodAnalyst)).analyst);
analystContract('agents without a chat model', () => agentsWith(null).analyst);
analystContract('agents of a model that says nothing', () => agentsWith(scriptedChat(() => ({}))).analyst);
analystContract(
  'agents of a model that calls what is not there',
  () => agentsWith(scriptedChat(() => ({ calls: [['promote', { checkpoint: 'c1' }]] }))).analyst,
);
analystContract(
  'agents of a model that is not there',
  () =>
    agentsWith(
      scriptedChat(() => {
        throw new RatchetError('ChatUnavailable', 'Nobody answers.');
      }),
    ).analyst,
);

longWorkContract('the analysis of a shard by an agent', async () => {
  const { analyst } = agentsWith(scriptedChat(goodAnalyst));
  const random = stream('long work');
  const records = [
    ...passing(5, random),
    ...Array.from({ length: 12 }, (_, at) => planted(`pay the landlord ${at}`, 'transfer', 'pay_bill')),
  ];
  return {
    work: analyst.analyze,
    request: (number: number): ShardRequest => ({ run: analystRun, shardId: `s${number}`, task: plantedTask, records }),
  };
});
