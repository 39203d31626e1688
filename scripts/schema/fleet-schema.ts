import { durationForm } from '../../src/config/durations.ts'

/** The schema of `fleet` beside a pool's fields. */
export function fleetSchema(): object {
  const count = (minimum: number, description: string) => ({ type: 'integer', minimum, maximum: 1_000_000, description })
  const duration = (description: string, value: string) => ({
    anyOf: [
      { type: 'number', minimum: 1 },
      { type: 'string', pattern: durationForm.source },
    ],
    description: `${description} Default: ${value}.`,
  })
  return {
    type: 'object',
    description:
      'One budget of connections with pools of other processes; `loadPools({ fleet })` says how to join. No pool inherits it.',
    properties: {
      name: {
        type: 'string',
        pattern: '^[A-Za-z0-9][\\w.-]{0,63}$',
        description: "What all members call the fleet. Default: the pool's name.",
      },
      maxConnections: count(1, 'Connections that all members may have open together, to all hosts.'),
      floor: { ...count(0, 'Connections that each member may have open without asking anybody.'), default: 1 },
      maxMembers: count(1, 'Members that there are at the most at a time, during an update too.'),
      ttl: duration('How long the store remembers a member that it hears no more of. From 2s on.', '10s'),
      margin: duration('How long before that a member lets go by itself.', 'half of ttl'),
      onLost: { enum: ['drain', 'cut'], default: 'drain', description: 'What becomes of requests beyond the floor then.' },
    },
    required: ['maxConnections', 'maxMembers'],
    additionalProperties: false,
  }
}
