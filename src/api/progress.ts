/** How far a step is: what a worker answers on `GET /progress`. Unknown fields are absent, never 0. */
export interface Progress {
  /** 0 to 1, of the whole step. */
  readonly ratio: number;
  readonly epoch?: number;
  readonly epochs?: number;
  /** Losses of the last finished epoch, of the running one in training. */
  readonly loss?: { readonly train?: number; readonly validation?: number };
  /** Films a second, flips counted. */
  readonly imagesPerSecond?: number;
  /** 0 to 1: of the time of training steps, what was spent on waiting for films. */
  readonly inputWaitRatio?: number;
  readonly remainingSeconds?: number;
  /** What it does now, at most 100 characters. */
  readonly message?: string;
  /** Milliseconds since 1970 of the last checkpoint of this Pod; what was done since is lost if it is killed. */
  readonly savedAt?: number;
  /** Milliseconds since 1970 of the last real progress (a batch, a film); a stall shows in its age. */
  readonly updatedAt: number;
}
