import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, MathExpression, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { Config } from '../config.ts';
import { metricsNamespace } from './ratchet-function.ts';

interface AlarmsProps {
  readonly config: Config;
  readonly stateMachine: StateMachine;
  readonly deadLetters: IQueue;
  readonly ingestDrop: IFunction;
  readonly startRun: IFunction;
  readonly runEnded: IFunction;
}

/** What a person has to know of, and what to do then in each description. */
export class Alarms extends Construct {
  readonly all: Alarm[] = [];
  readonly #props: AlarmsProps;
  readonly #action: SnsAction | undefined;

  constructor(scope: Construct, props: AlarmsProps) {
    super(scope, 'Alarms');
    this.#props = props;
    const { config, stateMachine, deadLetters } = props;
    this.#action = config.alarmEmail === undefined ? undefined : this.#mailTo(config.alarmEmail);
    const hour = { period: Duration.hours(1), statistic: 'Sum' };
    const minutes = { period: Duration.minutes(5), statistic: 'Sum' };
    this.#add(
      'failed-runs',
      'A run failed or took more than a day. Its record says why and how to mend it (ratchet report RUN); redrive the execution or start another.',
      new MathExpression({
        expression: 'failed + timedOut',
        usingMetrics: { failed: stateMachine.metricFailed(minutes), timedOut: stateMachine.metricTimedOut(minutes) },
        period: minutes.period,
        label: 'failed runs',
      }),
      0,
    );
    this.#add(
      'stuck-leases',
      'A lease expired and nobody gave it back: see the log of run-ended and the dead letters. The next run takes it over.',
      this.#total('StuckLease', props.startRun, hour.period),
      0,
    );
    this.#add(
      'quarantine',
      'Many lines of the last drops were refused: quarantine/ in the trace bucket has them with their reasons.',
      this.#total('LinesQuarantined', props.ingestDrop, hour.period),
      config.quarantineAlarmLines,
    );
    this.#add(
      'dead-letters',
      'Events could not be worked on: each message in the queue holds the event and the error. Mend it, then send the event again.',
      deadLetters.metricApproximateNumberOfMessagesVisible({ ...minutes, statistic: 'Maximum' }),
      0,
    );
    this.#add(
      'function-errors',
      'ingest-drop, start-run or run-ended failed (they are tried twice more): see their logs.',
      new MathExpression({
        expression: 'ingestDrop + startRun + runEnded',
        usingMetrics: {
          ingestDrop: props.ingestDrop.metricErrors(minutes),
          startRun: props.startRun.metricErrors(minutes),
          runEnded: props.runEnded.metricErrors(minutes),
        },
        period: minutes.period,
        label: 'errors',
      }),
      0,
    );
  }

  #add(name: string, alarmDescription: string, metric: IMetric, threshold: number): void {
    const alarm = new Alarm(this, name, {
      alarmName: `${this.#props.config.name}-${name}`,
      alarmDescription,
      metric,
      threshold,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    if (this.#action !== undefined) alarm.addAlarmAction(this.#action);
    this.all.push(alarm);
  }

  /** A metric of a function summed over all models, whose names are not known here. */
  #total(metric: string, of: IFunction, period: Duration): MathExpression {
    return new MathExpression({
      expression: `SELECT SUM(${metric}) FROM "${metricsNamespace}" WHERE service = '${of.functionName}'`,
      usingMetrics: {},
      period,
      label: metric,
    });
  }

  #mailTo(address: string): SnsAction {
    const topic = new Topic(this, 'Topic', { displayName: `Ratchet: ${this.#props.config.name}`, enforceSSL: true });
    topic.addSubscription(new EmailSubscription(address));
    return new SnsAction(topic);
  }
}
