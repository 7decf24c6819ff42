import { expect, it } from 'vitest';
import type * as z from 'zod/mini';
import { curveSchema, modelSchema } from '../../bindings/config/schema.js';
import type { Curve, Model } from '../../bindings/index.js';

// The configuration is typed by hand, so that it reads well, and checked by a schema: the compiler compares the two.

/** A type written out in full, so that two with the same properties are the same type. */
type Written<T> = T extends (infer Item)[] ? Written<Item>[] : T extends object ? { [K in keyof T]: Written<T[K]> } : T;

/** True only for the very same type: the same properties, optional where the other is, of the same types. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** `curves` is checked by depth, apart from the rest. */
type WithoutCurves<M> = {
  [K in keyof M]: K extends 'effectiveExposure' ? Omit<NonNullable<M[K]>, 'curves'> : M[K];
};

type SchemaModel = z.input<typeof modelSchema>;

const modelsAgree: Same<Written<WithoutCurves<Model>>, Written<WithoutCurves<SchemaModel>>> = true;
const curvesAgree: Same<Written<Curve>, Written<z.input<typeof curveSchema>>> = true;

// the comparison sees a property that is missing, one that is not optional, and one of another type
type Table = Model['totals'];
const seesMissing: Same<Written<Table>, Written<Omit<Table, 'where'>>> = false;
const seesRequired: Same<Written<Table>, Written<Omit<Table, 'file'> & { file: string }>> = false;
const seesOther: Same<Written<Table>, Written<Omit<Table, 'value'> & { value: number }>> = false;

it('the types of the configuration are those of the schema', () => {
  // the compiler has spoken; what is left is that the schema has the same sections at run time
  expect([modelsAgree, curvesAgree, seesMissing, seesRequired, seesOther]).toEqual([true, true, false, false, false]);
  expect(Object.keys(modelSchema.shape)).toEqual([
    'totals',
    'exposure',
    'entities',
    'effectiveExposure',
    'model',
    'fit',
    'output',
    'seed',
  ] satisfies (keyof Model)[]);
  expect(Object.keys(curveSchema.shape)).toEqual(['adstock', 'saturation', 'scale', 'order'] satisfies (keyof Curve)[]);
});
