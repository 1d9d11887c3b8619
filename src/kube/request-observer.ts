/** One attempt that ended. `code` is the HTTP status, or `<error>` where none came. */
export interface Answer {
  readonly method: string;
  readonly host: string;
  readonly code: string;
  /** Without the wait for the limit. Of a stream: until its first byte may come. */
  readonly seconds: number;
  readonly sentBytes: number;
  /** Of a stream 0. */
  readonly receivedBytes: number;
}

/** What happens on the way, for metrics. */
export interface RequestObserver {
  onAnswer(answer: Answer): void;
  /** A request waited so long for its turn, 0 included. */
  onTurn(turn: { readonly method: string; readonly host: string; readonly seconds: number }): void;
  /** Sent again after this answer. */
  onRetry(retry: { readonly method: string; readonly host: string; readonly code: string }): void;
}

/** For who keeps no metrics. */
export const silentObserver: RequestObserver = { onAnswer: () => {}, onTurn: () => {}, onRetry: () => {} };
