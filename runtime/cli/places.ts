/**
 * Where things are unless told otherwise.
 */
export const directoryDefault = '.troupe';
export const demoDirectory = '.troupe-demo';
export const portDefault = 4711;
