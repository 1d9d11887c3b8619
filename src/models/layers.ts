/**
 * The layers a network is written in: each takes the shapes of its inputs and gives the operation, the shape of the
 * output and the weights. Shapes that do not fit throw; the builder adds the name of the node to the sentence.
 */
import type { Initialiser, Node, Operation, Padding, Shape, Weight } from './network.ts';
import { demandPixels, demandSame, demandVector, lastOf, textOf, windowsIn } from './shapes.ts';
import type { Window } from './shapes.ts';

/** What a layer adds to a node that has a name and inputs. */
type LayerOutput = Pick<Node, 'operation' | 'shape' | 'weights'>;
export type Layer<Inputs extends readonly Shape[]> = (...shapes: Inputs) => LayerOutput;
type UnaryLayer = Layer<readonly [Shape]>;
type BinaryLayer = Layer<readonly [Shape, Shape]>;

/** Height and width in pixels; one number stands for both. */
export type KernelSize = number | readonly [height: number, width: number];

/** The study's convolutions: N(0, 0.02). */
const normal: Initialiser = { kind: 'normal', deviation: 0.02 };
const zeros: Initialiser = { kind: 'zeros' };
const ones: Initialiser = { kind: 'ones' };

/** Keras's fans of a kernel [height, width, in, out] or [in, out]. */
export function glorotUniform(shape: Shape): Initialiser {
  const [fanIn = 1, fanOut = 1] = shape.slice(-2);
  const area = shape.slice(0, -2).reduce((product, n) => product * n, 1);
  return { kind: 'glorotUniform', fanIn: area * fanIn, fanOut: area * fanOut };
}

/** Number of elements of a shape; 1 for a scalar. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, n) => product * n, 1);
}

export interface ConvolutionOptions {
  readonly filters: number;
  readonly kernel: KernelSize;
  readonly bias: boolean;
  /** Default 1. */
  readonly strides?: number;
  /** Default `same`. */
  readonly padding?: Padding;
  /** Of the kernel [height, width, in, filters]; default N(0, 0.02). */
  readonly initialiser?: (shape: Shape) => Initialiser;
}

/** [h, w, in] to [h', w', filters]. */
export function conv2d(options: ConvolutionOptions): UnaryLayer {
  const { filters, bias, strides = 1, padding = 'same', initialiser = () => normal } = options;
  const [height, width] = typeof options.kernel === 'number' ? [options.kernel, options.kernel] : options.kernel;
  return (input) => {
    const [h, w, channels] = demandPixels(input);
    const kernel = [height, width, channels, filters];
    return {
      operation: { kind: 'conv2d', strides, padding, bias },
      shape: [windowsIn(h, { size: height, strides, padding }), windowsIn(w, { size: width, strides, padding }), filters],
      weights: [trained('kernel', kernel, initialiser(kernel)), ...(bias ? [trained('bias', [filters], zeros)] : [])],
    };
  };
}

/** [h, w, in] to [h * strides, w * strides, filters]; kernel [height, width, filters, in], N(0, 0.02). */
export function conv2dTranspose(options: { filters: number; kernel: number; strides: number; bias: boolean }): UnaryLayer {
  const { filters, kernel, strides, bias } = options;
  return (input) => {
    const [h, w, channels] = demandPixels(input);
    return {
      operation: { kind: 'conv2dTranspose', strides, bias },
      shape: [h * strides, w * strides, filters],
      weights: [trained('kernel', [kernel, kernel, filters, channels], normal), ...(bias ? [trained('bias', [filters], zeros)] : [])],
    };
  };
}

export function maxPool2d(window: Window): UnaryLayer {
  return (input) => ({ operation: { kind: 'maxPool2d', ...window }, shape: pooled(input, window), weights: [] });
}

export function averagePool2d(window: Window): UnaryLayer {
  return (input) => ({ operation: { kind: 'averagePool2d', ...window }, shape: pooled(input, window), weights: [] });
}

/** Vectors [in] to [units], Glorot uniform; several inputs are one dense layer over their concatenation, never built. */
export function dense({ units, bias = true }: { units: number; bias?: boolean }): Layer<readonly Shape[]> {
  return (...inputs) => {
    const widths = inputs.map(demandVector);
    const total = widths.reduce((sum, width) => sum + width, 0);
    if (total === 0) throw new Error('a dense layer needs an input');
    const kernels = widths.map((width, index) =>
      // The fans are those of the whole, so that a split sum starts like the layer it stands for.
      trained(inputs.length === 1 ? 'kernel' : `kernel_${index}`, [width, units], glorotUniform([total, units])),
    );
    return {
      operation: { kind: 'dense', bias },
      shape: [units],
      weights: [...kernels, ...(bias ? [trained('bias', [units], zeros)] : [])],
    };
  };
}

export function batchNorm({ momentum, scale = true }: { momentum: number | 'ramp'; scale?: boolean }): UnaryLayer {
  return (input) => {
    const channels = [lastOf(input)];
    return {
      operation: { kind: 'batchNorm', epsilon: 1e-3, momentum, scale },
      shape: input,
      weights: [
        ...(scale ? [trained('gamma', channels, ones)] : []),
        trained('beta', channels, zeros),
        { name: 'moving_mean', shape: channels, initialiser: zeros, trainable: false },
        { name: 'moving_variance', shape: channels, initialiser: ones, trainable: false },
      ],
    };
  };
}

/** Layers that keep the shape and have no weights. */
export function elementwise(
  operation: Extract<Operation, { kind: 'affine' | 'dropout' | 'leakyRelu' | 'relu' | 'tanh' | 'sigmoid' | 'softmax' | 'junction' }>,
): UnaryLayer {
  return (input) => ({ operation, shape: input, weights: [] });
}

/** [h, w, 1] to [h, w, times]. */
export function repeatChannels(times: number): UnaryLayer {
  return (input) => {
    if (lastOf(input) !== 1) throw new Error(`only one channel can be repeated, the input is ${textOf(input)}`);
    return { operation: { kind: 'repeatChannels', times }, shape: [...input.slice(0, -1), times], weights: [] };
  };
}

export function flatten(): UnaryLayer {
  return (input) => ({ operation: { kind: 'flatten' }, shape: [sizeOf(input)], weights: [] });
}

export function reshape(shape: Shape): UnaryLayer {
  return (input) => {
    if (sizeOf(input) !== sizeOf(shape)) throw new Error(`${textOf(input)} cannot be reshaped to ${textOf(shape)}`);
    return { operation: { kind: 'reshape' }, shape, weights: [] };
  };
}

/** [h, w, c] less so many rows and columns at each side. */
export function crop(margins: { top: number; bottom: number; left: number; right: number }): UnaryLayer {
  return (input) => {
    const [h, w, channels] = demandPixels(input);
    const shape = [h - margins.top - margins.bottom, w - margins.left - margins.right, channels];
    if (Math.min(...shape) < 1) throw new Error(`nothing of ${textOf(input)} is left after the crop`);
    return { operation: { kind: 'crop', ...margins }, shape, weights: [] };
  };
}

/** a + scale * b. */
export function addScaled(scale: number): BinaryLayer {
  return (a, b) => ({ operation: { kind: 'addScaled', scale }, shape: demandSame(a, b), weights: [] });
}

/** a - b. */
export function subtract(): BinaryLayer {
  return (a, b) => ({ operation: { kind: 'subtract' }, shape: demandSame(a, b), weights: [] });
}

/** Along the last axis. */
export function concat(): Layer<readonly Shape[]> {
  return (...inputs) => {
    const [first, ...others] = inputs;
    if (first === undefined) throw new Error('a concatenation needs an input');
    for (const other of others) demandSame(first.slice(0, -1), other.slice(0, -1));
    return { operation: { kind: 'concat' }, shape: [...first.slice(0, -1), inputs.reduce((sum, input) => sum + lastOf(input), 0)], weights: [] };
  };
}

/** Prediction, target to a scalar. */
export function meanError(kind: 'meanAbsoluteError' | 'meanSquaredError'): BinaryLayer {
  return (prediction, target) => {
    demandSame(prediction, target);
    return { operation: { kind }, shape: [], weights: [] };
  };
}

/** Logits [k], target [k], weight ([k] binary, [1] categorical) to a scalar. */
export function crossEntropy(kind: 'binaryCrossEntropy' | 'categoricalCrossEntropy'): Layer<readonly [Shape, Shape, Shape]> {
  return (logits, target, weight) => {
    demandSame(logits, target);
    demandSame(weight, kind === 'binaryCrossEntropy' ? logits : [1]);
    return { operation: { kind }, shape: [], weights: [] };
  };
}

function trained(name: string, shape: Shape, initialiser: Initialiser): Weight {
  return { name, shape, initialiser, trainable: true };
}

function pooled(input: Shape, window: Window): Shape {
  const [h, w, channels] = demandPixels(input);
  return [windowsIn(h, window), windowsIn(w, window), channels];
}
