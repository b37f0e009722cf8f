/** What a stage tells the people who watch. Never carries trace text. */
export interface Observer {
  progress(done: number, total: number, unit: string): void;
  note(message: string): void;
}
