import { averagePool2d, conv2d, conv2dTranspose, maxPool2d } from './convolutions.ts';
import { dense } from './dense.ts';
import { addScaled, affine, leakyRelu, relu, sigmoid, softmax, subtract, tanh } from './elementwise.ts';
import { junction } from './junction.ts';
import { binaryCrossEntropy, categoricalCrossEntropy, meanAbsoluteError, meanSquaredError } from './losses.ts';
import { batchNorm, dropout } from './normalisation.ts';
import type { AnyEmission, Emitted } from './emission.ts';
import { concat, crop, repeatChannels, reshape } from './shapes.ts';

/** Emits one node that is not an input. */
export function emit(call: AnyEmission): Emitted {
  const { operation } = call.node;
  switch (operation.kind) {
    case 'input':
      throw new Error(`Cannot emit node ${call.node.name}: it is an input`);
    case 'affine':
      return affine({ ...call, operation });
    case 'repeatChannels':
      return repeatChannels({ ...call, operation });
    case 'conv2d':
      return conv2d({ ...call, operation });
    case 'conv2dTranspose':
      return conv2dTranspose({ ...call, operation });
    case 'maxPool2d':
      return maxPool2d({ ...call, operation });
    case 'averagePool2d':
      return averagePool2d({ ...call, operation });
    case 'dense':
      return dense({ ...call, operation });
    case 'batchNorm':
      return batchNorm({ ...call, operation });
    case 'dropout':
      return dropout({ ...call, operation });
    case 'leakyRelu':
      return leakyRelu({ ...call, operation });
    case 'crop':
      return crop({ ...call, operation });
    case 'addScaled':
      return addScaled({ ...call, operation });
    case 'relu':
      return relu(call);
    case 'tanh':
      return tanh(call);
    case 'sigmoid':
      return sigmoid(call);
    case 'softmax':
      return softmax(call);
    case 'flatten':
    case 'reshape':
      return reshape(call);
    case 'subtract':
      return subtract(call);
    case 'concat':
      return concat(call);
    case 'junction':
      return junction(call);
    case 'meanAbsoluteError':
      return meanAbsoluteError(call);
    case 'meanSquaredError':
      return meanSquaredError(call);
    case 'binaryCrossEntropy':
      return binaryCrossEntropy(call);
    case 'categoricalCrossEntropy':
      return categoricalCrossEntropy(call);
    default:
      return operation satisfies never;
  }
}
