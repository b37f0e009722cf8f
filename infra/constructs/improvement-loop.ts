import { readFileSync } from 'node:fs';
import { RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { DefinitionBody, LogLevel, StateMachine, StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { type Config, stateMachineName } from '../config.ts';
import { functionVariable } from '../state-machines/states.ts';
import { acknowledgeWildcard } from './acknowledge.ts';
import type { RatchetFunction } from './ratchet-function.ts';

const definitionFile = new URL('../state-machines/improvement-loop.asl.json', import.meta.url);

interface ImprovementLoopProps {
  readonly config: Config;
  /** By the name of the Task state. */
  readonly stages: ReadonlyMap<string, RatchetFunction>;
}

/** The state machine file with a function behind each Task state. */
export class ImprovementLoop extends Construct {
  readonly stateMachine: StateMachine;

  constructor(scope: Construct, { config, stages }: ImprovementLoopProps) {
    super(scope, 'ImprovementLoop');
    const name = stateMachineName(config);
    this.stateMachine = new StateMachine(this, 'StateMachine', {
      stateMachineName: name,
      stateMachineType: StateMachineType.STANDARD,
      definitionBody: DefinitionBody.fromString(JSON.stringify(JSON.parse(readFileSync(definitionFile, 'utf8')))),
      definitionSubstitutions: Object.fromEntries(
        [...stages].map(([state, stage]) => [functionVariable(state), stage.function.functionArn]),
      ),
      tracingEnabled: true,
      logs: {
        destination: new LogGroup(this, 'Logs', {
          logGroupName: `/aws/vendedlogs/states/${name}`,
          retention: config.logRetentionDays,
          removalPolicy: RemovalPolicy.DESTROY,
        }),
        level: LogLevel.ALL,
        includeExecutionData: false,
      },
    });
    this.stateMachine.addToRolePolicy(
      new PolicyStatement({
        actions: ['lambda:InvokeFunction'],
        resources: [...stages.values()].map((stage) => stage.function.functionArn),
      }),
    );
    acknowledgeWildcard(
      this.stateMachine,
      '*',
      "The actions of log delivery (logs:*LogDelivery and the like, each named) and X-Ray's know no resources.",
    );
  }
}
