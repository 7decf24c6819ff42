import { type Outcome, runIn } from '../cli/run.js';

/** Runs a command of `apportion` on files of a folder, which stands as `.` in what comes back, and as `@` in `args`. */
export async function apportion(folder: string, ...args: readonly string[]): Promise<Outcome> {
  const { code, stdout, stderr } = await runIn(
    null,
    args.map((arg) => arg.replace(/^@/, `${folder}/`)),
  );
  const here = (text: string) => text.replaceAll(folder, '.');
  return { code, stdout: here(stdout), stderr: here(stderr).replace(/\n$/, '') };
}
