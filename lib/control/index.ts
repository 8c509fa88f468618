/** The control API: what the daemon starts, and what its clients need to know. */

export type { OpenCheckpoint } from './checkpoints.js'
export {
  ControlServer,
  type ControlServerOptions,
  controlSocketPath,
  controlSocketPlace,
  type TcpListen,
} from './control-server.js'
export type { ExplainedRoute } from './explain-routes.js'
export { groupName } from './group.js'
export { HEARTBEAT_MS } from './limits.js'
export type { MetricsText } from './operation.js'
export type { ErrorBody } from './problem.js'
export { tokenFault } from './token.js'
export { refuseSecond } from './unix-socket.js'
