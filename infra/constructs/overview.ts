import { Duration } from 'aws-cdk-lib';
import {
  type Alarm,
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  GraphWidgetView,
  type IMetric,
  LogQueryVisualizationType,
  LogQueryWidget,
  MathExpression,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { Config } from '../config.ts';
import { metricsNamespace, type RatchetFunction } from './ratchet-function.ts';
import type { Serving } from './serving.ts';

interface OverviewProps {
  readonly config: Config;
  readonly stateMachine: StateMachine;
  readonly stages: ReadonlyMap<string, RatchetFunction>;
  readonly ingestDrop: RatchetFunction;
  readonly watchChampion: RatchetFunction;
  readonly runEnded: RatchetFunction;
  readonly serving: Serving | undefined;
  readonly alarms: readonly Alarm[];
}

const half = 12;

/** The dashboard: how the champions do, how runs end, what comes in, how long it takes. */
export class Overview extends Construct {
  readonly dashboard: Dashboard;

  constructor(scope: Construct, props: OverviewProps) {
    super(scope, 'Overview');
    const { config, stateMachine, stages, ingestDrop, watchChampion, runEnded, serving, alarms } = props;
    const graph = (title: string, left: IMetric[], view = GraphWidgetView.TIME_SERIES): GraphWidget =>
      new GraphWidget({ title, left, view, width: half, height: 7, leftYAxis: { showUnits: false } });
    this.dashboard = new Dashboard(this, 'Dashboard', {
      dashboardName: config.name,
      defaultInterval: Duration.days(30),
      widgets: [
        [new AlarmStatusWidget({ title: 'Alarms', alarms: [...alarms], width: 24, height: 2 })],
        [
          graph("The champions' scores", [perModel('ChampionScore', runEnded, 'Maximum')]),
          new LogQueryWidget({
            title: 'Scores by checkpoint, newest first',
            logGroupNames: [runEnded.logGroup.logGroupName],
            view: LogQueryVisualizationType.TABLE,
            queryLines: [
              'filter ispresent(ChampionScore)',
              'fields @timestamp, modelId, checkpointId, ChampionScore, decision, runId',
              'sort @timestamp desc',
              'limit 100',
            ],
            width: half,
            height: 7,
          }),
        ],
        [
          graph('How runs end', [
            stateMachine.metricSucceeded({ period: Duration.days(1) }),
            stateMachine.metricFailed({ period: Duration.days(1) }),
            stateMachine.metricAborted({ period: Duration.days(1) }),
            stateMachine.metricTimedOut({ period: Duration.days(1) }),
          ]),
          graph('Promotions', [perModel('Promotion', runEnded, 'Sum')]),
        ],
        [
          graph(
            'Traces ingested',
            [ingestDrop, ...(serving === undefined ? [] : [serving.settleJournal])].map((by) =>
              perModel('TracesIngested', by, 'Sum'),
            ),
          ),
          graph('Lines quarantined', [perModel('LinesQuarantined', ingestDrop, 'Sum')]),
        ],
        [
          graph('Evidence that traffic has changed: at 1 it is proven', [
            perModel('DriftEvidence', watchChampion, 'Maximum'),
          ]),
        ],
        ...(serving === undefined ? [] : [servingGraphs(serving, graph)]),
        [
          graph('How long a run takes', [stateMachine.metricTime({ period: Duration.hours(1), statistic: 'Maximum' })]),
          graph(
            'How long a stage takes, at most',
            [...stages].map(([name, stage]) =>
              stage.function.metricDuration({ period: Duration.hours(1), statistic: 'Maximum', label: name }),
            ),
          ),
        ],
      ],
    });
  }
}

function servingGraphs({ serve }: Serving, graph: (title: string, left: IMetric[]) => GraphWidget): GraphWidget[] {
  const period = Duration.minutes(5);
  const duration = (statistic: string) => serve.function.metricDuration({ period, statistic, label: statistic });
  return [
    graph('Requests, and those turned away', [
      serve.function.metricInvocations({ period, statistic: 'Sum' }),
      serve.function.metricThrottles({ period, statistic: 'Sum' }),
    ]),
    graph('How long an answer takes', [duration('p50'), duration('p99')]),
  ];
}

/** A line a model; which models there are is not known here. */
function perModel(metric: string, of: RatchetFunction, statistic: 'Maximum' | 'Sum'): MathExpression {
  const { functionName } = of.function;
  return new MathExpression({
    expression: `SEARCH('{${metricsNamespace},service,modelId} MetricName="${metric}" service="${functionName}"', '${statistic}', 3600)`,
    usingMetrics: {},
    label: `\${PROP('Dim.modelId')}`,
    period: Duration.hours(1),
  });
}
