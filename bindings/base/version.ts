declare const APPORTION_VERSION: string;

/** The version of this package. */
export const version: string = APPORTION_VERSION;
