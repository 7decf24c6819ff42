import { modelJsonSchema } from '../../bindings/config/jsonSchema.js';
import { exitCodes } from '../outcome.js';

/** `apportion schema`: the JSON Schema of the configuration, for editors and validators. */
export function runSchema(): number {
  process.stdout.write(`${JSON.stringify(modelJsonSchema(), null, 2)}\n`);
  return exitCodes.done;
}
