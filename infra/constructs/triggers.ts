import { Duration } from 'aws-cdk-lib';
import { EventField, type EventPattern, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Schedule, ScheduleExpression, ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Config } from '../config.ts';
import { acknowledge } from './acknowledge.ts';
import { eventSource } from './ratchet-function.ts';

interface TriggersProps {
  readonly config: Config;
  readonly traces: Bucket;
  readonly stateMachineArn: string;
  readonly ingestDrop: IFunction;
  readonly startRun: IFunction;
  readonly watchChampion: IFunction;
  readonly runEnded: IFunction;
}

/** How long an event is tried again before it counts as undelivered. */
const patience = { retryAttempts: 24, maxEventAge: Duration.hours(6) };

/** What sets the loop going and what follows its end; what cannot be delivered or worked on goes to one queue. */
export class Triggers extends Construct {
  readonly deadLetters: Queue;

  constructor(scope: Construct, props: TriggersProps) {
    super(scope, 'Triggers');
    this.deadLetters = new Queue(this, 'DeadLetters', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    acknowledge(
      this.deadLetters,
      'AwsSolutions-SQS3',
      'It is the dead-letter queue, of rules, schedules and functions.',
    );
    for (const invoked of [props.ingestDrop, props.startRun, props.watchChampion, props.runEnded]) {
      invoked.configureAsyncInvoke({
        retryAttempts: 2,
        maxEventAge: patience.maxEventAge,
        onFailure: new SqsDestination(this.deadLetters),
      });
    }
    this.#rule('Drops', 'A file of traces was dropped: ingest it', props.ingestDrop, {
      source: ['aws.s3'],
      detailType: ['Object Created'],
      detail: { bucket: { name: [props.traces.bucketName] }, object: { key: [{ prefix: 'drops/' }] } },
    });
    this.#rule('RunEnds', 'An execution ended, however: record it, give its lease back', props.runEnded, {
      source: ['aws.states'],
      detailType: ['Step Functions Execution Status Change'],
      detail: {
        stateMachineArn: [props.stateMachineArn],
        status: ['SUCCEEDED', 'FAILED', 'ABORTED', 'TIMED_OUT'],
      },
    });
    const considered = { source: [eventSource], detail: { modelId: [{ exists: true }] } };
    this.#rule(
      'TracesIngested',
      'New traces: is a run due?',
      props.startRun,
      { ...considered, detailType: ['Traces Ingested'] },
      inputOf('traces-ingested'),
    );
    this.#rule(
      'RunFinished',
      'A run ended: did enough come in meanwhile for another?',
      props.startRun,
      { ...considered, detailType: ['Run Finished'] },
      inputOf('run-finished'),
    );
    this.#rule(
      'JudgementsIngested',
      'New judgements: is a new champion worse than its predecessor?',
      props.watchChampion,
      { ...considered, detailType: ['Traces Ingested'] },
      inputOf('traces-ingested'),
    );
    this.#rule(
      'LeaseFree',
      'A run ended: is there a champion to move back that could not be while it worked?',
      props.watchChampion,
      { ...considered, detailType: ['Run Finished'] },
      inputOf('run-finished'),
    );
    this.#rule(
      'DriftSeen',
      'The traffic of a champion has changed: is a run due?',
      props.startRun,
      { ...considered, detailType: ['Drift Seen'] },
      inputOf('drift-seen'),
    );
    if (props.config.schedules.length > 0) this.#schedules(props);
  }

  #rule(id: string, description: string, target: IFunction, eventPattern: EventPattern, event?: RuleTargetInput): void {
    new Rule(this, id, {
      description,
      eventPattern,
      targets: [
        new LambdaFunction(target, {
          deadLetterQueue: this.deadLetters,
          ...patience,
          ...(event === undefined ? {} : { event }),
        }),
      ],
    });
  }

  #schedules({ config, startRun }: TriggersProps): void {
    const role = new Role(this, 'ScheduleRole', { assumedBy: new ServicePrincipal('scheduler.amazonaws.com') });
    role.addToPolicy(new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [startRun.functionArn] }));
    role.addToPolicy(new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [this.deadLetters.queueArn] }));
    for (const [index, { modelId, expression }] of config.schedules.entries()) {
      new Schedule(this, `Schedule${index + 1}`, {
        description: `Is a run due for ${modelId === '*' ? 'any model' : modelId}?`,
        schedule: ScheduleExpression.expression(expression),
        target: new LambdaInvoke(startRun, {
          // It holds the function itself and not also its versions, as CDK would grant.
          role: role.withoutPolicyUpdates(),
          deadLetterQueue: this.deadLetters,
          ...patience,
          input: ScheduleTargetInput.fromObject({ modelId, trigger: 'schedule' }),
        }),
      });
    }
  }
}

function inputOf(trigger: 'traces-ingested' | 'run-finished' | 'drift-seen'): RuleTargetInput {
  return RuleTargetInput.fromObject({
    modelId: EventField.fromPath('$.detail.modelId'),
    trigger,
  });
}
