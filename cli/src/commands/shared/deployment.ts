import type { Command } from 'commander'
import { counted, show } from 'polypool/internal'
import { Misuse } from '../../io.ts'
import { positiveOption } from '../size/arguments.ts'

/** How many processes there are, as the command line says. */
export interface DeploymentOptions {
  readonly replicas?: number
  readonly workers?: number
  readonly surge?: Surge
}

/** More replicas while new ones take the place of old: their number, or a percentage of all. */
interface Surge {
  readonly count: number
  readonly percent: boolean
}

export interface Deployment {
  readonly processes: number
  /** While a rolling update adds replicas; the same where it adds none, or nothing is known of it. */
  readonly rolling: number
  /** As it is told: `12 processes (3 replicas × 4 workers)`. */
  readonly text: string
  readonly rollingText: string
}

/** What Kubernetes adds where a Deployment says nothing (maxSurge). */
const usualSurge: Surge = { count: 25, percent: true }

export function deploymentOptions(command: Command): Command {
  return command
    .option('--replicas <n>', 'pods, machines or containers that run this', positiveOption('--replicas', { whole: true }))
    .option('--workers <n>', 'processes in each of them (cluster, PM2)', positiveOption('--workers', { whole: true }))
    .option(
      '--surge <n>',
      'replicas that a rolling update adds, or a percentage of them (default: 25%, as Kubernetes)',
      readSurge,
    )
}

function readSurge(text: string): Surge {
  const [, digits, percent] = /^(\d{1,6})(%?)$/.exec(text) ?? []
  if (digits !== undefined && !(percent === '%' && Number(digits) > 100))
    return { count: Number(digits), percent: percent === '%' }
  const fix = 'write a number of replicas, or a percentage up to 100%, as maxSurge has it; 0 for none'
  throw new Misuse(`--surge: ${show(text)} is no number of replicas: ${fix}`, { option: '--surge', value: text })
}

/** What the command line says, or else the config; undefined where neither says anything. */
export function deploymentOf({ replicas, workers, surge }: DeploymentOptions, configured = 1): Deployment | undefined {
  if (replicas === undefined && workers === undefined) {
    if (surge !== undefined) throw new Misuse('--surge is of replicas: give --replicas with it')
    const text = counted(configured, 'process', 'processes')
    return configured === 1 ? undefined : { processes: configured, rolling: configured, text, rollingText: '' }
  }
  if (surge !== undefined && replicas === undefined) throw new Misuse('--surge is of replicas: give --replicas with it')
  const [pods, each] = [replicas ?? 1, workers ?? 1]
  const { count, percent } = surge ?? usualSurge
  // Kubernetes rounds up.
  const added = replicas === undefined ? 0 : percent ? Math.ceil((pods * count) / 100) : count
  const [processes, rolling] = [pods * each, (pods + added) * each]
  if (!Number.isSafeInteger(rolling)) throw new Misuse('--replicas times --workers is more than can be counted')
  const parts = [
    ...(replicas === undefined ? [] : [counted(pods, 'replica')]),
    ...(workers === undefined ? [] : [counted(each, 'worker')]),
  ]
  const text = `${counted(processes, 'process', 'processes')}${each > 1 || workers !== undefined ? ` (${parts.join(' × ')})` : ''}`
  return { processes, rolling, text, rollingText: added === 0 ? '' : `${counted(added, 'replica')} more` }
}

/** Of pods that end, which nobody else counts. */
export const whileEnding =
  'Pods that are ending keep their connections until they have ended, and Kubernetes does not count them: where that takes longer than new ones need to be ready, up to twice the replicas are connected.'
