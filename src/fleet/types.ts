/** What a member tells its store, a few times a second. */
export interface FleetRound {
  /** A name that no other member has. */
  readonly member: string
  /** Rises from one round of the member to the next: one that comes late is left out. */
  readonly round: number
  /** Milliseconds that the store remembers the member for, if it hears no more of it. */
  readonly ttl: number
  /** Connections that all members may have open together. */
  readonly maxConnections: number
  /** Connections that each member has without asking, and how many members have such. */
  readonly floor: number
  readonly maxMembers: number
  /** Whether it counts itself among those. */
  readonly floored: boolean
  /** Connections that count as its beyond its floor: what it was given, or what is still open if that is more. */
  readonly have: number
  /** Connections beyond its floor that it could use. */
  readonly want: number
  /** It goes, and has nothing open beyond its floor. */
  readonly leaves: boolean
}

/** What the store says to that. */
export interface FleetAnswer {
  /** Connections that the member may have open beyond its floor. */
  readonly grant: number
  /** What nobody has. */
  readonly free: number
  /** Members that the store knows of, this one included. */
  readonly members: number
  /** Whether the member is among the `maxMembers` that have a floor; what another has, it has leased. */
  readonly floored: boolean
  /** Whether nobody is given more for now. */
  readonly learning: boolean
}

/** Where the members of fleets meet. All that a fleet's members ask must be answered by one ledger, one round after another. */
export interface FleetStore {
  /** Milliseconds from one round of a member to the next. Default 250. */
  readonly interval?: number
  /**
   * Takes note of what a member says, and answers; null where a later round of it is known. A rejection counts as silence.
   * @param fleet the fleet's name
   */
  exchange(fleet: string, round: FleetRound): Promise<FleetAnswer | null>
}

/** By how many milliseconds at the most the store's clock is believed to have gone on between two rounds of a fleet: a clock that jumps takes no lease. */
export function longestStep(ttl: number): number {
  return Math.min(1000, Math.floor(ttl / 4))
}
