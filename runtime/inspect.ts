/**
 * `troupe/inspect`: machines that an app runs by itself, shown by the inspector of a server. For browsers and
 * Node alike; of XState it knows the types alone.
 */
export { createInspector } from './inspect/createInspector.ts';
export type { Inspector, InspectorOptions } from './inspect/createInspector.ts';
