import { delimited, integer, text } from '../../protobuf/wire.ts';
import { dataTypes, shapeMessage } from './attributes.ts';
import type { Attributes, DataType } from './attributes.ts';

/** A NodeDef (node_def.proto). */
export interface GraphNode {
  readonly name: string;
  readonly op: string;
  /** `node`, `node:1` for a further output, `^node` for one that must run before. */
  readonly inputs: readonly string[];
  readonly attributes: Attributes;
}

/** A tensor that callers feed or fetch. */
export interface Endpoint {
  readonly tensor: string;
  readonly type: DataType;
  /** -1 where the size varies. */
  readonly shape: readonly number[];
}

export interface Signature {
  readonly inputs: Readonly<Record<string, Endpoint>>;
  readonly outputs: Readonly<Record<string, Endpoint>>;
}

/** The tag under which `loadSavedModel` finds the graph. */
export const servingTag = 'serve';

/** The graph's own version, and the oldest that its form is for; some of its operations are younger. */
const versions = Buffer.concat([integer(1, 1000), integer(2, 12)]);

/** Bytes of a saved_model.pb (saved_model.proto) with one graph; its variables, if any, are the caller's to fill. */
export function encodeSavedModel(nodes: readonly GraphNode[], signatures: Readonly<Record<string, Signature>> = {}): Uint8Array {
  const graph = delimited(2, ...nodes.map((node) => delimited(1, nodeMessage(node))), delimited(4, versions));
  const named = Object.entries(signatures).map(([name, signature]) => entry(5, name, signatureMessage(signature)));
  return Buffer.concat([integer(1, 1), delimited(2, delimited(1, text(4, servingTag)), graph, ...named)]);
}

function nodeMessage({ name, op, inputs, attributes }: GraphNode): Uint8Array {
  return Buffer.concat([text(1, name), text(2, op), ...inputs.map((input) => text(3, input)), ...Object.entries(attributes).map(([key, value]) => entry(5, key, value))]);
}

function signatureMessage({ inputs, outputs }: Signature): Uint8Array {
  const all = [...Object.entries(inputs).map(([name, end]) => entry(1, name, endpointMessage(end))), ...Object.entries(outputs).map(([name, end]) => entry(2, name, endpointMessage(end)))];
  return Buffer.concat([...all, text(3, 'tensorflow/serving/predict')]);
}

function endpointMessage({ tensor, type, shape }: Endpoint): Uint8Array {
  return Buffer.concat([text(1, tensor), integer(2, dataTypes[type]), delimited(3, shapeMessage(shape))]);
}

/** An entry of a map field. */
function entry(number: number, key: string, value: Uint8Array): Uint8Array {
  return delimited(number, text(1, key), delimited(2, value));
}
