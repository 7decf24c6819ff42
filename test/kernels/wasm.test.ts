import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ApportionError } from '../../bindings/base/errors.js';
import { selectKernels } from '../../bindings/machine/select.js';
import { createWasmKernels } from '../../bindings/machine/wasm.js';
import { wasmHex } from '../../bindings/machine/wasmModule.js';

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('the inlined module', () => {
  const bytes = Buffer.from(wasmHex, 'hex');

  it('is the wasm that the build made', () => {
    const files = ['build/apportion.wasm', 'build/apportion.debug.wasm'].map((file) => {
      try {
        return readFileSync(file);
      } catch {
        return null;
      }
    });
    expect(files.some((file) => file?.equals(bytes))).toBe(true);
  });

  it('needs nothing from outside', async () => {
    expect(WebAssembly.Module.imports(await WebAssembly.compile(bytes))).toEqual([]);
  });

  it('starts with its memory in order, every time', async () => {
    const [first, second] = await Promise.all([createWasmKernels(), createWasmKernels()]);
    expect(first.memory.base).toBeGreaterThan(6144);
    expect(first.memory.f64).not.toBe(second.memory.f64);
    expect(first.memory.f64).toEqual(second.memory.f64);
  });
});

const blocked = {
  Module: WebAssembly.Module,
  compile: () => Promise.reject(new Error('blocked by a policy')),
};

describe.each([
  ['missing', undefined, 'this engine has no WebAssembly'],
  ['blocked', blocked, 'blocked by a policy'],
])('with WebAssembly %s', (_, replacement, reason) => {
  it('auto falls back to JS and says why', async () => {
    vi.stubGlobal('WebAssembly', replacement);
    expect(await selectKernels('auto')).toMatchObject({ name: 'js', reason });
  });

  it('wasm is refused', async () => {
    vi.stubGlobal('WebAssembly', replacement);
    const refusal = await selectKernels('wasm').catch((error) => error);
    expect(refusal).toBeInstanceOf(ApportionError);
    expect(refusal.message).toBe(`kernels: expected WebAssembly with SIMD, got: ${reason}. Use "auto" or "js".`);
  });
});

it('auto prefers WebAssembly', async () => {
  expect(await selectKernels('auto')).toMatchObject({ name: 'wasm', reason: null });
});
