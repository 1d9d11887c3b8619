import asc from 'assemblyscript/asc';
import path from 'node:path';

/** src/engines/kernels.wasm from assembly/kernels.ts; the same bytes each time. */
export function kernels(): Promise<Uint8Array> {
  // The memory is tfjs'.
  return compile('kernels.ts', ['--importMemory']);
}

/** src/imaging/kernels.ts from assembly/imaging.ts: a module, because imaging/ reads no files. */
export async function imagingKernels(): Promise<Uint8Array> {
  const base64 = Buffer.from(await compile('imaging.ts', [])).toString('base64');
  return Buffer.from(`// Generated from assembly/imaging.ts by \`npm run generate\`.\n\n/** A WebAssembly module. */\nexport const wasm =\n  '${base64}';\n`);
}

async function compile(file: string, options: readonly string[]): Promise<Uint8Array> {
  let bytes: Uint8Array | undefined;
  const { error, stderr } = await asc.main(
    // Nothing is allocated, so no runtime; a trap needs no message.
    [file, '--outFile', 'kernels.wasm', '--baseDir', path.join(import.meta.dirname, '../../assembly'), ...options, '--runtime', 'stub', '--noAssert', '-O3', '--use', 'abort=', '--enable', 'simd'],
    { writeFile: (_name: string, contents: string | Uint8Array) => {
      if (typeof contents !== 'string') bytes = contents;
    } },
  );
  if (error !== null || bytes === undefined) throw new Error(`Cannot compile assembly/${file}: ${stderr.toString()}`, { cause: error });
  return bytes;
}
