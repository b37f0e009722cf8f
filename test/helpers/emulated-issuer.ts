import { z } from 'zod';

/** An issuer of tokens, as a user pool of Cognito is one. */
export interface EmulatedIssuer {
  readonly issuer: string;
  /** The app client that all tokens are for. */
  readonly audience: string;
  /** A token for a program with these scopes. */
  token(...scopes: readonly string[]): Promise<string>;
}

const tokenSchema = z.object({ access_token: z.string() });
const poolSchema = z.object({ UserPool: z.object({ Id: z.string() }) });
const clientSchema = z.object({ UserPoolClient: z.object({ ClientId: z.string(), ClientSecret: z.string() }) });

/** A user pool of the emulator, whose resource server `ratchet` has a scope a model. */
export async function createIssuer(models: readonly string[]): Promise<EmulatedIssuer> {
  const { UserPool } = poolSchema.parse(await cognito('CreateUserPool', { PoolName: 'ratchet' }));
  const UserPoolId = UserPool.Id;
  const Scopes = models.map((model) => ({ ScopeName: model, ScopeDescription: `Use ${model}` }));
  await cognito('CreateResourceServer', { UserPoolId, Identifier: 'ratchet', Name: 'ratchet', Scopes });
  const { UserPoolClient } = clientSchema.parse(
    await cognito('CreateUserPoolClient', {
      ...{ UserPoolId, ClientName: 'shop', GenerateSecret: true, AllowedOAuthFlowsUserPoolClient: true },
      AllowedOAuthFlows: ['client_credentials'],
      AllowedOAuthScopes: models.map((model) => `ratchet/${model}`),
    }),
  );
  const { ClientId, ClientSecret } = UserPoolClient;
  return {
    issuer: `https://cognito-idp.${process.env.AWS_REGION}.amazonaws.com/${UserPoolId}`,
    audience: ClientId,
    async token(...scopes) {
      const response = await fetch(`${process.env.AWS_ENDPOINT_URL}/oauth2/token`, {
        method: 'POST',
        headers: { authorization: `Basic ${Buffer.from(`${ClientId}:${ClientSecret}`).toString('base64')}` },
        body: new URLSearchParams({ grant_type: 'client_credentials', client_id: ClientId, scope: scopes.join(' ') }),
      });
      return tokenSchema.parse(await response.json()).access_token;
    },
  };
}

/** Cognito's own protocol: no client of it is a dependency. */
async function cognito(action: string, body: object): Promise<unknown> {
  const scope = `20260101/${process.env.AWS_REGION}/cognito-idp/aws4_request`;
  const response = await fetch(process.env.AWS_ENDPOINT_URL ?? '', {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `AWSCognitoIdentityProviderService.${action}`,
      authorization: `AWS4-HMAC-SHA256 Credential=test/${scope}, SignedHeaders=host, Signature=0`,
    },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${action}: ${response.status} ${text}`);
  return JSON.parse(text);
}
