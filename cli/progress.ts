import { clearScreenDown, cursorTo, moveCursor } from 'node:readline';
import { Pace } from './pace.ts';
import { printableLine } from './printable.ts';

/** What a person sees of work that takes a while: one line a running stage, by name. */
export interface ProgressUi {
  stageStarted(name: string, detail?: string): void;
  stageProgress(name: string, done: number, total: number, unit: string): void;
  stageFinished(name: string, summary: string): void;
  /** A stage that did not succeed; why, and whether it is tried again. */
  stageFailed(name: string, why: string): void;
  /** A stage that an earlier, broken-off execution had completed. */
  stagePassedOver(name: string): void;
  note(text: string): void;
  /** Takes the live lines away. Call it in the end, whatever happened. */
  stop(): void;
}

/** Progress of work that is told of afterwards too. */
export interface TimedProgressUi extends ProgressUi {
  /** Tells as of another time: what `tell` reports has happened then (milliseconds since the epoch). */
  at(time: number, tell: () => void): void;
}

export interface ProgressOptions {
  readonly stream: NodeJS.WritableStream & { readonly columns?: number };
  /** Live lines that are drawn over; else plain lines, as for a log. */
  readonly interactive: boolean;
  /** A stage that ends sooner is not mentioned at all; 0 by default. */
  readonly patienceMs?: number;
  /** Milliseconds, for tests. */
  readonly now?: () => number;
}

interface RunningStage {
  readonly startedAt: number;
  readonly detail: string;
  readonly pace: Pace;
  mentioned: boolean;
  progress: { readonly done: number; readonly total: number; readonly unit: string } | null;
}

const redrawMs = 100;
const plainIntervalMs = 5_000;
const mostLiveLines = 10;
const spinner = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/**
 * Progress for people: live lines on a terminal, else a line at start and end of a stage and at most one every 5 s
 * between.
 */
export function createProgress(options: ProgressOptions): TimedProgressUi {
  return new Progress(options);
}

class Progress implements TimedProgressUi {
  readonly #stream: ProgressOptions['stream'];
  readonly #interactive: boolean;
  readonly #patienceMs: number;
  readonly #clock: () => number;
  #toldTime: number | null = null;
  readonly #running = new Map<string, RunningStage>();
  #drawnLines = 0;
  #lastLineAt = 0;
  #frame = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: ProgressOptions) {
    this.#stream = options.stream;
    this.#interactive = options.interactive;
    this.#patienceMs = options.patienceMs ?? 0;
    this.#clock = options.now ?? Date.now;
  }

  stageStarted(name: string, detail = ''): void {
    const now = this.#now();
    this.#running.set(name, { startedAt: now, pace: new Pace(now), detail, mentioned: false, progress: null });
    this.#mentionIfDue(name);
    if (!this.#interactive) return;
    this.#timer ??= setInterval(() => this.#draw(), redrawMs).unref();
  }

  stageProgress(name: string, done: number, total: number, unit: string): void {
    const stage = this.#running.get(name);
    if (stage === undefined) return;
    const now = this.#now();
    stage.progress = { done, total, unit };
    stage.pace.record(now, done);
    this.#mentionIfDue(name);
    if (this.#interactive || !stage.mentioned || now - this.#lastLineAt < plainIntervalMs) return;
    this.#line(`  ${name}: ${describeProgress(stage, now)}`);
  }

  stageFinished(name: string, summary: string): void {
    const stage = this.#running.get(name);
    this.#running.delete(name);
    const elapsed = stage === undefined ? 0 : this.#now() - stage.startedAt;
    if (elapsed < this.#patienceMs) return;
    this.#line(`✔ ${name}${summary === '' ? '' : ` — ${summary}`} (${duration(elapsed)})`);
  }

  stageFailed(name: string, why: string): void {
    this.#running.delete(name);
    this.#line(`✘ ${name} — ${why}`);
  }

  stagePassedOver(name: string): void {
    this.#running.delete(name);
    this.#line(`✔ ${name} — done before, passed over`);
  }

  note(text: string): void {
    this.#line(`  ${text}`);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#running.clear();
    this.#erase();
  }

  at(time: number, tell: () => void): void {
    this.#toldTime = time;
    try {
      tell();
    } finally {
      this.#toldTime = null;
    }
  }

  #now(): number {
    return this.#toldTime ?? this.#clock();
  }

  #mentionIfDue(name: string): void {
    const stage = this.#running.get(name);
    if (stage === undefined || stage.mentioned || this.#now() - stage.startedAt < this.#patienceMs) return;
    stage.mentioned = true;
    if (!this.#interactive) this.#line(`• ${name}${stage.detail === '' ? '' : ` — ${stage.detail}`}`);
  }

  #line(text: string): void {
    this.#lastLineAt = this.#now();
    this.#erase();
    this.#stream.write(`${printableLine(text, 1_000)}\n`);
    if (this.#interactive) this.#draw();
  }

  #draw(): void {
    const now = this.#now();
    const due = [...this.#running].filter(([, stage]) => now - stage.startedAt >= this.#patienceMs);
    this.#erase();
    this.#frame += 1;
    const mark = spinner[this.#frame % spinner.length] ?? '';
    // Terminals that do not tell their width say 0.
    const width = Math.max(20, (this.#stream.columns || 80) - 1);
    const lines = due.slice(0, mostLiveLines).map(([name, stage]) => {
      // Counts say more than what was known at the start.
      const detail = stage.detail === '' || (stage.progress?.total ?? 0) > 0 ? '' : ` — ${stage.detail}`;
      return printableLine(`${mark} ${name}${detail}: ${describeProgress(stage, now)}`, width);
    });
    if (due.length > mostLiveLines) lines.push(`  … and ${due.length - mostLiveLines} more`);
    for (const line of lines) this.#stream.write(`${line}\n`);
    this.#drawnLines = lines.length;
  }

  #erase(): void {
    if (this.#drawnLines === 0) return;
    moveCursor(this.#stream, 0, -this.#drawnLines);
    cursorTo(this.#stream, 0);
    clearScreenDown(this.#stream);
    this.#drawnLines = 0;
  }
}

function describeProgress(stage: RunningStage, now: number): string {
  const elapsed = now - stage.startedAt;
  const { progress } = stage;
  if (progress === null || progress.total <= 0) {
    const count = progress === null || progress.done === 0 ? '' : `${progress.done} ${progress.unit}, `;
    return `${count}${duration(elapsed)}`;
  }
  const { done, total, unit } = progress;
  const percent = Math.floor((100 * Math.min(done, total)) / total);
  const left = stage.pace.timeLeft(now, done, total);
  return `${Math.floor(done)} of ${total} ${unit} (${percent} %)${left === null ? '' : `, about ${duration(Math.max(1_000, left))} left`}`;
}

function duration(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min ${seconds % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
