/**
 * `troupe/http`: a runtime from outside, as a web-standard handler, a Fastify plugin or a server of its own.
 */
export { createHandler } from './http/createHandler.ts';
export type { Handler } from './http/createHandler.ts';
export { fastifyTroupe } from './http/fastify.ts';
export type { PluginOptions } from './http/fastify.ts';
export { openServer } from './http/openServer.ts';
export type { Server, ServerOptions } from './http/openServer.ts';
export { openOwnerSocket } from './http/ownerSocket.ts';
export { closeAtSignals } from './http/closeAtSignals.ts';
export type { Closing } from './http/closeAtSignals.ts';
export { openApiOf } from './http/openApi.ts';
export { table } from './http/table.ts';
export type { Access, Authorize, Right } from './http/access.ts';
export type { HandlerOptions, ServingOptions } from './http/desk.ts';
export type { OriginOptions } from './http/origin.ts';
export type { HttpLimits } from './http/limits.ts';
export type { AnyRoute, InspectorMode } from './http/route.ts';
export type { Problem } from './http/problem.ts';
export type { Upgrade } from './http/upgrading.ts';
