import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const folder = process.env.RATCHET_CHAT_FOLDER ?? fileURLToPath(new URL('../../.chat-model', import.meta.url));

/** Why the tests with a real model are passed over; null where it is installed. */
export const notInstalled: string | null = existsSync(`${folder}/installed`)
  ? null
  : `There is no chat model in ${folder}: run .ci/install-chat-model first.`;

export interface RealChatServer {
  /** Without `/v1`. */
  readonly url: string;
  stop(): void;
}

/** Starts SmolLM2-135M-Instruct behind OpenAI's protocol, on loopback. */
export async function startRealChatServer(): Promise<RealChatServer> {
  const script = fileURLToPath(new URL('./llama-server.js', import.meta.url));
  const child = spawn(process.execPath, [script, folder], { stdio: ['pipe', 'pipe', 'inherit'] });
  return { url: await addressOf(child), stop: () => child.kill() };
}

function addressOf(child: ChildProcess): Promise<string> {
  const { stdout } = child;
  if (stdout === null) throw new Error('the server has no output');
  return new Promise((resolve, reject) => {
    createInterface(stdout).on('line', (line) => {
      const url = /^listening on (.*)$/.exec(line)?.[1];
      if (url !== undefined) resolve(url);
    });
    child.on('exit', (code) => reject(new Error(`the chat model's server ended with ${code}`)));
  });
}
