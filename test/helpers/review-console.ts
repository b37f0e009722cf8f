import type { Workspace } from '../../cli/workspace.ts';
import { nearestBackEnd } from '../../shared/adapters/backends/nearest/facts.ts';
import { taggerBackEnd } from '../../shared/adapters/backends/tagger/facts.ts';
import { defaultBackEnds } from '../../shared/composition/default-back-ends.ts';
import { ingestTraces } from '../../shared/intake/ingest-traces.ts';
import { createModel } from '../../shared/operations/create-model.ts';
import { hostileTexts } from './hostile-model.ts';
import { lexiconBackEnd, lexiconBackEndOn } from './lexicon-back-end.ts';
import { madeUpEntities } from './made-up-entities.ts';
import { type ServedConsole, serveConsole } from './served-console.ts';
import { bytesOf, makeWorkspace } from './test-workspace.ts';

export interface ReviewConsole extends ServedConsole {
  readonly workspace: Workspace;
}

/** A real workspace without models, served with the console; it knows a kind of task whose outputs are objects too. */
export async function serveReview(): Promise<ReviewConsole> {
  const made = await makeWorkspace();
  const { trainer, predictor } = lexiconBackEndOn(made.ports.objects);
  const ports = {
    ...made.ports,
    tasks: new Map([...made.ports.tasks, [madeUpEntities.kind, madeUpEntities]]),
    trainers: new Map([...made.ports.trainers, [trainer.name, trainer]]),
    predictors: new Map([...made.ports.predictors, [predictor.name, predictor]]),
  };
  const workspace = { ...made, ports };
  const served = await serveConsole(workspace);
  return {
    ...served,
    workspace,
    async close() {
      await served.close();
      await made.dispose();
    },
  };
}

interface Line {
  readonly input: string;
  readonly output: unknown;
  readonly confidence?: number;
  readonly expected?: unknown;
  /** Of the judge; `rule truth` by default, where something is expected. */
  readonly judge?: object;
}

interface MadeModel {
  readonly modelId: string;
  readonly task?: string;
  readonly options?: Readonly<Record<string, string>>;
  readonly examples: readonly { readonly input: string; readonly output: unknown }[];
  readonly traffic: readonly Line[];
  readonly settings?: object;
}

async function add(
  workspace: Workspace,
  { modelId, task = 'classification', options, examples, traffic, settings = {} }: MadeModel,
) {
  const backEnd = { extraction: taggerBackEnd, generation: nearestBackEnd, [madeUpEntities.kind]: lexiconBackEnd }[
    task
  ];
  const own = backEnd === undefined ? {} : { trainer: backEnd, predictor: backEnd };
  await createModel(
    {
      modelId,
      task,
      labels: [],
      ...(options === undefined ? {} : { options }),
      examples: bytesOf(examples),
      backEnds: { ...defaultBackEnds, ...own },
      trainerOptions: backEnd === undefined ? { foundation: 'none' } : {},
      settings,
      seed: 1,
      by: 'test',
    },
    workspace.ports,
  );
  const lines = traffic.map((line, at) => ({
    traceId: `${modelId}-${at}`,
    timestamp: new Date(Date.UTC(2026, 0, 1) + at * 60_000).toISOString(),
    ...line,
    ...(line.expected === undefined ? {} : { judge: line.judge ?? { kind: 'rule', id: 'truth' } }),
  }));
  await ingestTraces(
    { modelId, sources: [{ name: 'traffic.jsonl', open: async () => bytesOf(lines) }] },
    workspace.ports,
  );
}

const names = [
  'amber',
  'birch',
  'cedar',
  'delta',
  'ember',
  'fjord',
  'grove',
  'heron',
  'iris',
  'juniper',
  'kelp',
  'lotus',
];

/** Three of the names, others for each number. */
function threeNames(at: number): string {
  const { length } = names;
  return [at, at * 5 + Math.floor(at / length) + 1, at * 7 + 2 * Math.floor(at / length) + 3]
    .map((one, place) => `${names[one % length]}${place}`)
    .join(' ');
}

const mails = {
  ham: (at: number) => `the minutes of our weekly project meeting are attached for ${threeNames(at)}`,
  news: (at: number) => `this month in our newsletter read the latest stories about ${threeNames(at)}`,
  spam: (at: number) => `you have won a free prize claim your reward today with ${threeNames(at)}`,
};
type MailLabel = keyof typeof mails;
const mailLabels: readonly MailLabel[] = ['ham', 'news', 'spam'];

/** How many cards of {@link addMails} are sure to be wrong, and come first. */
const wrongMails = 8;
export const mailModel = 'mails';

/**
 * Mails that are much alike within a label, most judged right; newsletters taken for spam, the first of them twice, some
 * judged wrong and some not judged.
 */
export function addMails(workspace: Workspace, modelId = mailModel, settings: object = {}): Promise<void> {
  const right = Array.from({ length: 120 }, (_, at) => {
    const label = mailLabels[at % 3] ?? 'ham';
    return { input: mails[label](at), output: label, confidence: 0.8, expected: label };
  });
  const wrong = Array.from({ length: wrongMails }, (_, at) => ({
    input: mails.news(200 + at),
    output: 'spam',
    confidence: 0.97 - at / 1000,
    expected: 'news',
  }));
  const twice = { ...wrong[0], input: `${mails.news(200)} now` } as Line;
  const unjudged = Array.from({ length: 12 }, (_, at) => ({
    input: mails.news(300 + at),
    output: 'spam',
    confidence: 0.45,
  }));
  const examples = Array.from({ length: 60 }, (_, at) => {
    const label = mailLabels[at % 3] ?? 'ham';
    return { input: mails[label](500 + at), output: label };
  });
  return add(workspace, { modelId, examples, traffic: [...wrong, twice, ...unjudged, ...right], settings });
}

export const wideModel = 'wide';
export const wideLabels: readonly string[] = Array.from(
  { length: 150 },
  (_, at) => `${['card', 'order', 'trip', 'loan', 'meal'][at % 5]}_${names[at % 12]}_${Math.floor(at / 5)}`,
);

/** A model of 150 labels. */
export function addWide(workspace: Workspace): Promise<void> {
  const examples = wideLabels.flatMap((label, at) =>
    ['please', 'now'].map((word) => ({ input: `${label.replaceAll('_', ' ')} ${word} number${at}`, output: label })),
  );
  const traffic = Array.from({ length: 6 }, (_, at) => ({
    input: `something about ${threeNames(at * 3)} that ${names[at]} nobody${at} foresaw`,
    output: wideLabels[at] ?? '',
    confidence: 0.2,
  }));
  return add(workspace, { modelId: wideModel, examples, traffic });
}

export const placesModel = 'places';
const people = ['Ana', 'Ben', 'Carla', 'Dmitri', 'Elif', 'Farid', 'Greta', 'Hugo'];
const cities = ['Paris', 'Oslo', 'Lima', 'New York', 'Rome', 'San Jose', 'Cairo', 'Quito'];

function entityOf(input: string, label: string, text: string) {
  const start = input.indexOf(text);
  return { label, start, end: start + text.length, text };
}

/** Texts with people and cities; the traffic's answers miss the second word of a city and take a person for a city. */
export function addPlaces(workspace: Workspace): Promise<void> {
  const examples = people.flatMap((person) =>
    cities.map((city) => {
      const input = `${person} flew to ${city} last week`;
      return { input, output: [entityOf(input, 'person', person), entityOf(input, 'city', city)] };
    }),
  );
  const input = 'Yesterday Zoe met Dr. Amara in New York, near the river.';
  const other = 'Nobody went anywhere on Monday.';
  const traffic = [
    { input, output: [entityOf(input, 'city', 'Zoe'), entityOf(input, 'city', 'New')], confidence: 0.3 },
    { input: other, output: [entityOf(other, 'city', 'Monday')], confidence: 0.35 },
  ];
  return add(workspace, { modelId: placesModel, task: 'extraction', examples, traffic });
}

export const objectsModel = 'objects';

/** A model whose outputs are objects. */
export function addObjects(workspace: Workspace): Promise<void> {
  const city = (start: number, end: number) => ({ entities: [{ type: 'city', start, end }] });
  const examples = ['rome', 'oslo', 'lima'].map((input) => ({ input, output: city(0, 4) }));
  const traffic = [{ input: 'to oslo or rome', output: city(3, 7), confidence: 0.3 }];
  return add(workspace, { modelId: objectsModel, task: madeUpEntities.kind, examples, traffic });
}

export const writingModel = 'writing';

/** A model that writes: texts, and JSON where it is checked by fields. */
export function addWriting(workspace: Workspace): Promise<void> {
  const said = (at: number) => `please write about ${threeNames(at)}`;
  const examples = Array.from({ length: 12 }, (_, at) => ({ input: said(at), output: `About ${threeNames(at)}.` }));
  const traffic = [{ input: 'please write about the sea', output: 'About the\nlake.', confidence: 0.3 }];
  return add(workspace, {
    modelId: writingModel,
    task: 'generation',
    options: { checker: 'exact' },
    examples,
    traffic,
  });
}

export const ticketsModel = 'tickets';

export function addTickets(workspace: Workspace): Promise<void> {
  const ticket = (queue: string, priority: number) => ({ queue, handling: { priority } });
  const examples = Array.from({ length: 12 }, (_, at) => ({
    input: `ticket about ${threeNames(at)}`,
    output: ticket(names[at % 3] ?? '', at % 2),
  }));
  const traffic = [{ input: 'ticket about the sea', output: ticket('lake', 1), confidence: 0.3 }];
  return add(workspace, { modelId: ticketsModel, task: 'generation', options: { checker: 'json' }, examples, traffic });
}

export const manyModel = 'many';

/** A model with so many cards: each is judged wrong, and unlike all others. */
export function addMany(workspace: Workspace, count: number): Promise<void> {
  const examples = Array.from({ length: 20 }, (_, at) => ({
    input: `${at % 2 === 0 ? 'good' : 'poor'} ${threeNames(at)}`,
    output: at % 2 === 0 ? 'good' : 'poor',
  }));
  const traffic = Array.from({ length: count }, (_, at) => ({
    input: `text${at} a${at * 7} b${at * 11} c${at * 13} says good`,
    output: 'good',
    confidence: 0.99,
    expected: 'poor',
  }));
  return add(workspace, { modelId: manyModel, examples, traffic });
}

export const scriptsModel = 'scripts';

/** A model all of whose texts try to run in the page. */
export function addScripts(workspace: Workspace): Promise<void> {
  const [one = '', two = '', three = ''] = hostileTexts;
  const labels = [one, two, three];
  const examples = Array.from({ length: 30 }, (_, at) => ({
    input: `${names[at % 3]} word${at % 3} ${threeNames(at)}`,
    output: labels[at % 3] ?? one,
  }));
  const traffic = hostileTexts.map((text, at) => ({
    traceId: `<b onclick=document.title='owned'>${at}`,
    input: `${text} ${names[at]}`,
    output: one,
    confidence: 0.95,
    expected: two,
    judge: { kind: 'rule', id: three, reason: two },
  }));
  return add(workspace, { modelId: scriptsModel, examples, traffic });
}
