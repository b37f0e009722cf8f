/** Artifacts in the order in which they were planned, all of one temperature. */
export interface TrainedHeads {
  readonly heads: readonly { readonly bytes: Uint8Array; readonly finalLoss: number }[];
}

/** Bytes of memory they take, about. */
export function trainedBytes({ heads }: TrainedHeads): number {
  return heads.reduce((total, { bytes }) => total + bytes.length, 1);
}
