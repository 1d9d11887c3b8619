import { delimited, float32, integer, text } from '../../protobuf/wire.ts';

/** TensorFlow's data types (types.proto), as far as our graphs use them. */
export const dataTypes = { float32: 1, int32: 3, uint8: 4, int64: 9, bool: 10, float16: 19, uint64: 23 } as const;
export type DataType = keyof typeof dataTypes;

/** An AttrValue (attr_value.proto) as its bytes. */
export type Attribute = Uint8Array;
export type Attributes = Readonly<Record<string, Attribute>>;

export interface Values {
  readonly type: DataType;
  readonly shape: readonly number[];
  readonly values: Float32Array | Int32Array | BigInt64Array | BigUint64Array;
}

export const typeAttribute = (type: DataType): Attribute => integer(6, dataTypes[type]);
export const integerAttribute = (value: number): Attribute => integer(3, value);
export const floatAttribute = (value: number): Attribute => float32(4, value);
export const booleanAttribute = (value: boolean): Attribute => integer(5, value ? 1 : 0);
export const textAttribute = (value: string): Attribute => text(2, value);
export const shapeAttribute = (shape: readonly number[]): Attribute => delimited(7, shapeMessage(shape));
export const integersAttribute = (values: readonly number[]): Attribute => delimited(1, ...values.map((value) => integer(3, value)));
export const tensorAttribute = (tensor: Values): Attribute => delimited(8, tensorMessage(tensor));

/** TensorShapeProto; -1 is a size that is known only at run time. */
export function shapeMessage(shape: readonly number[]): Uint8Array {
  return Buffer.concat(shape.map((size) => delimited(2, integer(1, size))));
}

/** TensorProto. */
function tensorMessage({ type, shape, values }: Values): Uint8Array {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return Buffer.concat([integer(1, dataTypes[type]), delimited(2, shapeMessage(shape)), delimited(4, bytes)]);
}
