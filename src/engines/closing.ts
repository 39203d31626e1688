import type { Alarm, Clock, Member } from '../pool/port.ts'

/** Ends one client's part in a pool, in time: when the shortest time that was given is over, what is left is destroyed. */
export class Closing {
  readonly #member: Member
  readonly #clock: Clock
  #alarm: Alarm | undefined
  #deadline = Number.POSITIVE_INFINITY

  constructor(member: Member, clock: Clock) {
    this.#member = member
    this.#clock = clock
  }

  /**
   * The alarm does not hold the process: what it waits for does, as long as anything of it can still happen.
   * @param timeout milliseconds, or `Infinity`
   */
  close(timeout: number): Promise<void> {
    const ended = this.#member.close()
    const deadline = this.#clock.now() + timeout
    if (deadline >= this.#deadline || this.#member.state === 'destroyed') return ended
    this.#deadline = deadline
    this.#alarmFor(ended).set(timeout)
    return ended
  }

  #alarmFor(ended: Promise<void>): Alarm {
    if (this.#alarm !== undefined) return this.#alarm
    // Answers that have arrived while the event loop was busy are read before the rest is destroyed.
    const alarm = this.#clock.alarm(() => this.#clock.check(destroy, this.#member))
    ended.then(() => alarm.clear())
    this.#alarm = alarm
    return alarm
  }
}

function destroy(member: Member): void {
  void member.destroy()
}
