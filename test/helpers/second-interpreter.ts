import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json, text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const python = fileURLToPath(new URL('../../.emulator/bin/python', import.meta.url));
const program = fileURLToPath(new URL('./second-interpreter.py', import.meta.url));
const definitionFile = new URL('../../infra/state-machines/improvement-loop.asl.json', import.meta.url);

const endSchema = z.object({
  status: z.string(),
  output: z.string().nullable(),
  error: z.string().nullable(),
  cause: z.string().nullable(),
});
export type EndOfExecution = z.infer<typeof endSchema>;

/**
 * Has the state machine's file executed by an interpreter that is neither the laptop's nor the emulator's (moto's).
 * @param doTask does a Task state, by the name of its function's variable, such as `TakeLeaseFunctionArn`; what it throws is the function's error
 */
export async function executeBySecondInterpreter(
  name: string,
  input: unknown,
  doTask: (variable: string, input: unknown) => Promise<unknown>,
): Promise<EndOfExecution> {
  const definition = (await readFile(definitionFile, 'utf8')).replaceAll(
    /\$\{(\w+)\}/g,
    'arn:aws:lambda:us-east-1:123456789012:function:$1',
  );
  const server = createServer(async (request, response) => {
    const { body, failed } = await answered(request, doTask);
    if (failed) response.setHeader('X-Amz-Function-Error', 'Unhandled');
    response.end(JSON.stringify(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const tasks = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const child = spawn(python, [program], { env: { PATH: process.env.PATH } });
  try {
    child.stdin.end(JSON.stringify({ definition, name, input: JSON.stringify(input), tasks }));
    const [out, told] = await Promise.all([text(child.stdout), text(child.stderr)]);
    if (out === '') throw new Error(`The interpreter said nothing. What it told:\n${told.slice(-4_000)}`);
    return endSchema.parse(JSON.parse(out));
  } finally {
    child.kill();
    server.close();
  }
}

async function answered(
  request: IncomingMessage,
  doTask: (variable: string, input: unknown) => Promise<unknown>,
): Promise<{ readonly body: unknown; readonly failed: boolean }> {
  try {
    return { body: (await doTask(request.url?.slice(1) ?? '', await json(request))) ?? null, failed: false };
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    return { body: { errorType: name, errorMessage: message }, failed: true };
  }
}
