import { ArnFormat, Stack } from 'aws-cdk-lib';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import { ParamsAndSecretsLayerVersion, ParamsAndSecretsVersions } from 'aws-cdk-lib/aws-lambda';
import type { Config } from '../config.ts';
import { acknowledgeWildcard } from './acknowledge.ts';

/** Inference profiles of Bedrock are named after where they send requests to. */
const profilePrefix = /^(us|us-gov|eu|apac|jp|au|ca|global)\./;

/** Lets a role ask the deployment's chat model, that one alone, or read the key for it. */
export function grantChat(role: Role, { chat, chatSecretArn }: Config): void {
  if (chat?.provider === 'bedrock') {
    const resources = modelArns(chat.model, chat.region, Stack.of(role));
    role.addToPolicy(new PolicyStatement({ actions: ['bedrock:InvokeModel'], resources }));
    if (profilePrefix.test(chat.model)) {
      const id = chat.model.replace(profilePrefix, '');
      const reason = 'An inference profile sends requests to its model in several regions.';
      acknowledgeWildcard(role, `arn:<AWS::Partition>:bedrock:*::foundation-model/${id}`, reason);
    }
  }
  if (chatSecretArn !== undefined) {
    role.addToPolicy(new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: [chatSecretArn] }));
  }
}

/** What a function that asks the chat model finds in its environment. */
export function chatEnvironment({ chat, chatSecretArn }: Config): Record<string, string> {
  return {
    ...(chat === undefined ? {} : { RATCHET_CHAT: JSON.stringify(chat) }),
    ...(chatSecretArn === undefined ? {} : { RATCHET_CHAT_SECRET_ARN: chatSecretArn }),
  };
}

/** AWS's extension that reads secrets for a function; none where there is no secret. */
export function secretsExtension({ chatSecretArn }: Config): { paramsAndSecrets?: ParamsAndSecretsLayerVersion } {
  if (chatSecretArn === undefined) return {};
  return { paramsAndSecrets: ParamsAndSecretsLayerVersion.fromVersion(ParamsAndSecretsVersions.V1_0_103) };
}

function modelArns(model: string, region: string | undefined, stack: Stack): string[] {
  if (model.startsWith('arn:')) return [model];
  const arn = (of: { account?: string; region: string; resource: string; name: string }) =>
    stack.formatArn({
      service: 'bedrock',
      account: of.account ?? stack.account,
      region: of.region,
      resource: of.resource,
      resourceName: of.name,
      arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
    });
  const here = region ?? stack.region;
  if (!profilePrefix.test(model))
    return [arn({ account: '', region: here, resource: 'foundation-model', name: model })];
  return [
    arn({ region: here, resource: 'inference-profile', name: model }),
    arn({ account: '', region: '*', resource: 'foundation-model', name: model.replace(profilePrefix, '') }),
  ];
}
