/** A program to debug: a lamp that a timer sets three times. `more` are lines behind its globals. */
export function blink(more = ''): string {
  return `local count = 0
class Lamp {
  level = 0
  function set(l) {
    level = l
    return level
  }
}
lamp <- Lamp()
${more}function tick() {
  count++
  local twice = count * 2
  lamp.set(twice)
  server.log("tick " + twice)
  if (count < 3) imp.wakeup(1, tick)
}
imp.wakeup(1, tick)
`
}
