/** Tells variables whose values are no secrets by globs such as `LOG_*`. */
export async function publicNames(globs: readonly string[]): Promise<(name: string) => boolean> {
  if (globs.length === 0) return () => false
  const { default: picomatch } = await import('picomatch')
  return picomatch([...globs])
}
