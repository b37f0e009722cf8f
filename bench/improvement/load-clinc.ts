import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

/** A text with its true label. */
export interface Labelled {
  readonly text: string;
  readonly label: string;
}

export interface Clinc {
  /** Sorted. */
  readonly labels: readonly string[];
  readonly train: readonly Labelled[];
  readonly val: readonly Labelled[];
  /** Without texts that stand in train or val too. */
  readonly test: readonly Labelled[];
  readonly removedFromTest: number;
}

const rowsSchema = z.array(z.tuple([z.string(), z.string()]));
const fileSchema = z.object({ train: rowsSchema, val: rowsSchema, test: rowsSchema });

/**
 * CLINC150 (Larson et al. 2019), the in-scope part of `clinc150/data_full.json`. Texts of test that also stand in train
 * or val (compared without case and spacing) are removed from test, repeated ones within train and val from where they
 * come second.
 */
export async function loadClinc(directory: string): Promise<Clinc> {
  const path = join(directory, 'clinc150', 'data_full.json');
  const file = fileSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  const seen = new Set<string>();
  const fresh = (rows: z.infer<typeof rowsSchema>): Labelled[] =>
    rows.flatMap(([text, label]) => {
      const key = text.trim().toLowerCase().replaceAll(/\s+/g, ' ');
      if (seen.has(key)) return [];
      seen.add(key);
      return [{ text, label }];
    });
  const train = fresh(file.train);
  const val = fresh(file.val);
  const test = fresh(file.test);
  return {
    labels: [...new Set(train.map((row) => row.label))].sort(),
    train,
    val,
    test,
    removedFromTest: file.test.length - test.length,
  };
}
