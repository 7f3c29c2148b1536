/** An age for people: `12 s`, `3 min`, `2 h`, `5 d`. */
export function ageText(ms: number): string {
  if (ms < 90_000) return `${Math.max(1, Math.round(ms / 1000))} s`
  if (ms < 5_400_000) return `${Math.round(ms / 60_000)} min`
  return ms < 129_600_000 ? `${Math.round(ms / 3_600_000)} h` : `${Math.round(ms / 86_400_000)} d`
}

/** How long ago a time of the API was: `3 h ago`; the text itself where it is no time or lies ahead. */
export function agoText(time: string, now: number): string {
  const age = now - Date.parse(time)
  return age >= -60_000 ? `${ageText(age)} ago` : time
}
