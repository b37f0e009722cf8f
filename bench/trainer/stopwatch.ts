/** Takes the wall and CPU seconds of this process, all its threads included, over the work. */
export async function stopwatch<T>(
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly seconds: number; readonly cpuSeconds: number }> {
  const clock = process.hrtime.bigint();
  const cpu = process.cpuUsage();
  const result = await work();
  const seconds = Number(process.hrtime.bigint() - clock) / 1e9;
  const { user, system } = process.cpuUsage(cpu);
  return { result, seconds, cpuSeconds: (user + system) / 1e6 };
}
