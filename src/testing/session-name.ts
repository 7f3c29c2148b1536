import { randomInt } from 'node:crypto'

const FIRST =
  'amber brisk calm clever cosy crisp curious dapper daring eager early fair fancy fond gentle glad golden grand happy honest humble jolly keen kind lively lucky mellow merry mild modest noble patient plain polite proud quick quiet rapid ready sharp silent simple sleepy sober steady sunny swift tender tidy upbeat vivid warm wise witty young zesty'
const SECOND =
  'acorn anchor badger basket beacon bridge brook candle canyon cedar cloud comet copper cricket dolphin ember falcon feather fern flute forest fountain garden glacier harbour heron island kettle lantern lemon maple marble meadow mirror nickel oasis orchard otter pebble pepper piano pine planet pocket quartz raven ribbon river robin saddle sparrow summit thistle timber tulip velvet violin walnut willow window'

/** A name for the test sessions of one build, such as `calm-otter`. It tells their messages from those of earlier code. */
export function sessionName(): string {
  return `${pick(FIRST.split(' '))}-${pick(SECOND.split(' '))}`
}

function pick(words: readonly string[]): string {
  return words[randomInt(words.length)] as string
}
