import { booleanAttribute, integerAttribute, shapeAttribute, tensorAttribute, textAttribute, typeAttribute } from './attributes.ts';
import type { Attributes, DataType } from './attributes.ts';
import type { GraphNode } from './saved-model.ts';

/** A tensor of the graph: `node`, or `node:1` for a further output. */
export type Ref = string;

interface Placing {
  /** Default: the operation's name and a number. */
  readonly name?: string;
  /** Nodes that must have run before. */
  readonly after?: readonly Ref[];
}

/** Collects the nodes of a TensorFlow graph. Every method gives the first output of the node that it adds. */
export class GraphBuilder {
  readonly nodes: GraphNode[] = [];
  readonly #constants = new Map<string, Ref>();

  /** A second name for a tensor. */
  alias(name: string, ref: Ref): Ref {
    return this.float('Identity', [ref], {}, { name });
  }

  add(op: string, inputs: readonly Ref[], attributes: Attributes, { name = `${op}_${String(this.nodes.length)}`, after = [] }: Placing = {}): Ref {
    this.nodes.push({ name, op, inputs: [...inputs, ...after.map((ref) => `^${ref}`)], attributes });
    return name;
  }

  /** An operation on float32 whose attribute T says so. */
  float(op: string, inputs: readonly Ref[], attributes: Attributes = {}, placing: Placing = {}): Ref {
    return this.add(op, inputs, { T: typeAttribute('float32'), ...attributes }, placing);
  }

  placeholder(name: string, type: DataType, shape: readonly number[]): Ref {
    return this.add('Placeholder', [], { dtype: typeAttribute(type), shape: shapeAttribute(shape) }, { name });
  }

  /** What is fed, else `otherwise`, which then is not run. float32. */
  placeholderWithDefault(name: string, otherwise: Ref, shape: readonly number[]): Ref {
    return this.add('PlaceholderWithDefault', [otherwise], { dtype: typeAttribute('float32'), shape: shapeAttribute(shape) }, { name });
  }

  /** Scalar. */
  number(value: number): Ref {
    return this.#constant(`f${String(value)}`, 'float32', [], Float32Array.of(value));
  }

  /** int32; a scalar, or a vector. */
  integers(values: number | readonly number[]): Ref {
    const list = typeof values === 'number' ? [values] : values;
    return this.#constant(`i${typeof values}${list.join()}`, 'int32', typeof values === 'number' ? [] : [list.length], Int32Array.from(list));
  }

  constant(name: string, shape: readonly number[], values: Float32Array): Ref {
    return this.add('Const', [], { dtype: typeAttribute('float32'), value: tensorAttribute({ type: 'float32', shape, values }) }, { name });
  }

  /** uint64 [1]; `value` from 0 to 2^53 - 1. */
  key(value: number): Ref {
    return this.#constant(`k${String(value)}`, 'uint64', [1], BigUint64Array.of(BigInt(value)));
  }

  /** int64, scalar. */
  long(value: bigint): Ref {
    return this.#constant(`l${String(value)}`, 'int64', [], BigInt64Array.of(value));
  }

  cast(input: Ref, from: DataType, to: DataType): Ref {
    return this.add('Cast', [input], { SrcT: typeAttribute(from), DstT: typeAttribute(to) });
  }

  /** Sum or Mean over some axes. */
  reduce(op: 'Sum' | 'Mean', input: Ref, axes: readonly number[], keepDimensions = false): Ref {
    return this.float(op, [input, this.integers(axes)], { Tidx: typeAttribute('int32'), keep_dims: booleanAttribute(keepDimensions) });
  }

  /** To [batch, ...shape]. */
  reshape(input: Ref, shape: readonly number[]): Ref {
    return this.float('Reshape', [input, this.integers([-1, ...shape])], { Tshape: typeAttribute('int32') });
  }

  /** Repeated so often along each axis. */
  tile(input: Ref, times: readonly number[]): Ref {
    return this.float('Tile', [input, this.integers(times)], { Tmultiples: typeAttribute('int32') });
  }

  /** int32 [rank]. */
  shapeOf(input: Ref): Ref {
    return this.float('Shape', [input], { out_type: typeAttribute('int32') });
  }

  /** Films in the batch that a tensor is of: int32, scalar. */
  batchOf(input: Ref): Ref {
    const attributes = { T: typeAttribute('int32'), Index: typeAttribute('int32'), shrink_axis_mask: integerAttribute(1) };
    return this.add('StridedSlice', [this.shapeOf(input), this.integers([0]), this.integers([1]), this.integers([1])], attributes);
  }

  /** How many numbers a tensor holds, as float32. */
  sizeOf(input: Ref): Ref {
    return this.cast(this.float('Size', [input], { out_type: typeAttribute('int32') }), 'int32', 'float32');
  }

  /** One vector of several scalars. */
  pack(scalars: readonly Ref[], type: DataType): Ref {
    return this.add('Pack', scalars, { T: typeAttribute(type), N: integerAttribute(scalars.length), axis: integerAttribute(0) });
  }

  variable(name: string, shape: readonly number[]): Ref {
    return this.add('VarHandleOp', [], { dtype: typeAttribute('float32'), shape: shapeAttribute(shape), container: textAttribute(''), shared_name: textAttribute(name) }, { name });
  }

  read(variable: Ref, name: string): Ref {
    return this.add('ReadVariableOp', [variable], { dtype: typeAttribute('float32') }, { name });
  }

  assign(variable: Ref, value: Ref, placing: Placing = {}): Ref {
    return this.add('AssignVariableOp', [variable, value], { dtype: typeAttribute('float32') }, placing);
  }

  /** Something to fetch once all of `nodes` have run, which have no output of their own. */
  done(name: string, nodes: readonly Ref[]): Ref {
    return this.add('Identity', [this.integers(0)], { T: typeAttribute('int32') }, { name, after: nodes });
  }

  #constant(key: string, type: DataType, shape: readonly number[], values: Float32Array | Int32Array | BigInt64Array | BigUint64Array): Ref {
    const known = this.#constants.get(key);
    if (known !== undefined) return known;
    const ref = this.add('Const', [], { dtype: typeAttribute(type), value: tensorAttribute({ type, shape, values }) });
    this.#constants.set(key, ref);
    return ref;
  }
}
