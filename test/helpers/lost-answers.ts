/**
 * A connection to AWS that loses the answers to the next requests, `losses` of them, after the service has done what
 * was asked. The SDK then asks again. Add {@link middleware} to a client's middleware stack at {@link place}.
 */
export class LostAnswers {
  readonly place = { step: 'deserialize', priority: 'low' } as const;
  losses = 0;

  readonly middleware =
    <Request, Answer>(next: (request: Request) => Promise<Answer>) =>
    async (request: Request): Promise<Answer> => {
      const answer = await next(request);
      if (this.losses === 0) return answer;
      this.losses -= 1;
      throw Object.assign(new Error('socket hang up'), { name: 'TimeoutError', code: 'ECONNRESET' });
    };
}
