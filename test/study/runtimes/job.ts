import { resolve } from 'node:path';
import { build } from 'esbuild';

/** The built library and the problems as one script: a module, or an expression that gives `{ run }`. */
export async function bundleJob(format: 'esm' | 'iife'): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [resolve(import.meta.dirname, 'job.mjs')],
    bundle: true,
    format,
    ...(format === 'iife' && { globalName: 'job' }),
    platform: 'neutral',
    target: 'es2022',
    charset: 'ascii',
    logLevel: 'error',
    write: false,
  });
  return outputFiles[0].text;
}
