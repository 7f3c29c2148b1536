import { createHash, timingSafeEqual } from 'node:crypto'

/** Whether two secrets are the same text, without telling by its duration where the difference lies, or how long the right one is. */
export function isSameSecret(given: string, wanted: string): boolean {
  const [a, b] = [given, wanted].map((text) => createHash('sha256').update(text).digest()) as [Buffer, Buffer]
  return timingSafeEqual(a, b)
}
