import { InputError } from '../../bindings/index.js';

/** Every message of the InputError that a call is refused with; none when it is not refused. */
export async function refusalOf(call: () => unknown): Promise<string[]> {
  try {
    await call();
    return [];
  } catch (error) {
    if (error instanceof InputError) return error.faults.map(({ message }) => message);
    throw error;
  }
}
