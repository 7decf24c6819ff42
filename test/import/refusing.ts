import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { folderWith } from '../cli/run.js';
import { apportion } from './importing.js';

export type Files = Record<string, string>;

/** What is wrong, the files and arguments that have it, and everything that is said about it. */
export type Case = [what: string, files: Files, args: string[], message: string];

export const change = (files: Files, name: string, edit: (text: string) => string): Files => ({
  ...files,
  [name]: edit(files[name]),
});
export const without = (files: Files, ...names: string[]): Files =>
  Object.fromEntries(Object.entries(files).filter(([name]) => !names.includes(name)));

/** The header, and the lines that a test keeps. */
export const keepLines = (text: string, keeps: (line: string) => boolean): string =>
  `${text
    .split('\n')
    .filter((line, i) => i === 0 || (line !== '' && keeps(line)))
    .join('\n')}\n`;

/** A column more: its name, and its text in each line. */
export const addColumn = (text: string, name: string, cell: (line: string, record: number) => string): string =>
  `${text
    .trimEnd()
    .split('\n')
    .map((line, i) => `${line},${i === 0 ? name : cell(line, i)}`)
    .join('\n')}\n`;

/** A test for each case: exit code 2, exactly this message, nothing written. */
export function refuses(cases: readonly Case[]): void {
  it.each(cases)('refuses %s', async (_, files, args, message) => {
    const folder = folderWith(files);
    const { code, stdout, stderr } = await apportion(folder, 'import', ...args, '--out', '@mmm');
    expect(stderr).toBe(message);
    expect([code, stdout, existsSync(`${folder}/mmm`)]).toEqual([2, '', false]);
  });
}
