export type * from './adapter.ts'
export type { FleetConfig } from './config/fleet.ts'
export { type ParsedPoolConfig, parsePoolConfig } from './config/parse.ts'
export type { ProxyServer } from './config/proxies/proxy-server.ts'
export type {
  Duration,
  DurationOrUnlimited,
  HostConfig,
  HostLimits,
  Limit,
  Note,
  PoolConfig,
  PoolConfigField,
  ResolvedPoolConfig,
  Support,
} from './config/types.ts'
export * from './errors.ts'
export {
  definePools,
  type FileConfigIssue,
  type JoinFleet,
  type LoadPoolsOptions,
  loadPools,
  type NamedPoolConfig,
  type OpenOptions,
  type Origin,
  type PoolDescription,
  type Pools,
  type PoolsConfig,
} from './files/index.ts'
export { advise, type CloseCounts, type PoolSample, type Suggestion } from './observe/advice/index.ts'
export type {
  AcquireAbortMessage,
  AcquireGrantMessage,
  AcquireRejectMessage,
  AcquireTimeoutMessage,
  AcquireWaitMessage,
  Channel,
  ChannelMessages,
  ChannelName,
  CloseReason,
  ConnectionCloseMessage,
  ConnectionOpenMessage,
  FleetLeaseMessage,
  FleetLostMessage,
  FleetMessage,
  OriginMessage,
  PoolCloseMessage,
  PoolCreateMessage,
  PoolMessage,
  PoolReconfigureMessage,
} from './observe/channels.ts'
export type { ReportedPool, StatsReport } from './observe/live/report.ts'
export { type ServeStatsOptions, serveStats } from './observe/live/serve-stats.ts'
