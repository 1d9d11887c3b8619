import type { Progress } from '../api/progress.ts';
import type { Tools } from './tools.ts';

/**
 * Told of all progress, it logs what a person who reads a worker's log wants to know: each epoch with its losses, or each
 * tenth of a step that has none.
 */
export function progressLog(log: Tools['log']): (progress: Omit<Progress, 'updatedAt'>) => void {
  let before: Omit<Progress, 'updatedAt'> = { ratio: 0 };
  return (progress) => {
    const { ratio, epoch, epochs, loss, imagesPerSecond, inputWaitRatio } = progress;
    if (epoch !== undefined && before.epoch !== undefined && epoch > before.epoch) {
      // What was learnt from is told while the epoch runs, what was held out when it is over.
      log('Epoch', { epoch: before.epoch, epochs, loss: before.loss?.train, validationLoss: loss?.validation, imagesPerSecond, ...(inputWaitRatio === undefined ? {} : { inputWaitRatio }) });
    }
    if (epoch === undefined && Math.floor(ratio * 10) > Math.floor(before.ratio * 10)) log('Progress', { percent: Math.floor(ratio * 10) * 10 });
    before = progress;
  };
}
