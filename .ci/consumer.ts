/**
 * A consumer of the packed package's types; compiled, never run.
 */
import * as troupe from 'troupe';
import * as actors from 'troupe/actors';
import * as storage from 'troupe/storage';
import * as testing from 'troupe/testing';

export const subpaths: readonly object[] = [troupe, actors, storage, testing];
