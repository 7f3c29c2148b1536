/** Seconds of the processor that a task takes: what else runs on the machine does not count. For tasks that nothing else of the process runs beside. */
export function processorSeconds(task: () => void): number {
  const before = process.cpuUsage()
  task()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1e6
}

/** The same of a task that waits. */
export async function processorSecondsOf(task: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage()
  await task()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1e6
}
