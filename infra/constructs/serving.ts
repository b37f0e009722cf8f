import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { AccessLogField, AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import { HttpApi, HttpStage, LogGroupLogDestination } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { type IMetric, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { FunctionUrlAuthType } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Schedule, ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import { Construct } from 'constructs';
import type { Config, ServingConfig } from '../config.ts';
import type { RatchetFunction } from './ratchet-function.ts';

interface ServingProps {
  readonly config: Config;
  readonly serving: ServingConfig;
  readonly serve: RatchetFunction;
  readonly settleJournal: RatchetFunction;
}

/** The way to the function that answers, which nobody passes who is not known, and what moves the journal into the log. */
export class Serving extends Construct {
  /** Where it can be asked. */
  readonly url: string;
  readonly serve: RatchetFunction;
  readonly settleJournal: RatchetFunction;
  /** Answers of 500 and above, the function's own and those of what stands before it. */
  readonly serverErrors: (of: { readonly period: Duration; readonly statistic: string }) => IMetric;
  readonly #props: ServingProps;

  constructor(scope: Construct, props: ServingProps) {
    super(scope, 'Serving');
    this.#props = props;
    this.serve = props.serve;
    this.settleJournal = props.settleJournal;
    const { issuer, audience } = props.serving;
    if (issuer === undefined || audience === undefined) {
      const { functionName } = this.serve.function;
      this.url = this.serve.function.addFunctionUrl({ authType: FunctionUrlAuthType.AWS_IAM }).url;
      this.serverErrors = (of) =>
        new Metric({
          namespace: 'AWS/Lambda',
          metricName: 'Url5xxCount',
          dimensionsMap: { FunctionName: functionName },
          ...of,
        });
    } else {
      const api = this.#api(issuer, audience);
      this.url = api.apiEndpoint;
      this.serverErrors = (of) => api.metricServerError(of);
    }
    this.#settleEveryMinute();
  }

  #api(issuer: string, jwtAudience: string[]): HttpApi {
    const { config } = this.#props;
    const api = new HttpApi(this, 'Api', {
      apiName: `${config.name}-serving`,
      description: "Ratchet: answers of the champions, and what is said of them, for holders of an issuer's tokens",
      createDefaultStage: false,
      defaultAuthorizer: new HttpJwtAuthorizer('Tokens', issuer, { jwtAudience }),
      defaultIntegration: new HttpLambdaIntegration('Serve', this.serve.function),
    });
    new HttpStage(this, 'Stage', {
      httpApi: api,
      stageName: '$default',
      autoDeploy: true,
      accessLogSettings: {
        destination: new LogGroupLogDestination(
          new LogGroup(this, 'AccessLog', {
            logGroupName: `/aws/vendedlogs/apis/${config.name}-serving`,
            retention: config.logRetentionDays,
            removalPolicy: RemovalPolicy.DESTROY,
          }),
        ),
        // Neither bodies nor paths: what a client writes there is not Ratchet's to log.
        format: AccessLogFormat.custom(
          JSON.stringify({
            requestId: AccessLogField.contextRequestId(),
            time: AccessLogField.contextRequestTimeEpoch(),
            ip: AccessLogField.contextIdentitySourceIp(),
            method: AccessLogField.contextHttpMethod(),
            status: AccessLogField.contextStatus(),
            milliseconds: AccessLogField.contextResponseLatency(),
            bytes: AccessLogField.contextResponseLength(),
            refused: AccessLogField.contextAuthorizerError(),
          }),
        ),
      },
    });
    return api;
  }

  /** One that fails is not tried again: the next comes in a minute, and finds all that was not moved. */
  #settleEveryMinute(): void {
    const { function: settle } = this.settleJournal;
    settle.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: Duration.minutes(1) });
    const role = new Role(this, 'ScheduleRole', { assumedBy: new ServicePrincipal('scheduler.amazonaws.com') });
    role.addToPolicy(new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [settle.functionArn] }));
    new Schedule(this, 'EveryMinute', {
      description: 'Moves what was answered and judged over HTTP into the trace store',
      schedule: ScheduleExpression.rate(Duration.minutes(1)),
      target: new LambdaInvoke(settle, {
        // It holds the function itself and not also its versions, as CDK would grant.
        role: role.withoutPolicyUpdates(),
        retryAttempts: 0,
        maxEventAge: Duration.minutes(1),
      }),
    });
  }
}
