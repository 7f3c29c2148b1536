/** What each word of the grammar does, for `help WORD`: how it is written, what for, and an example. */
export const KEYWORD_HELP: Readonly<
  Record<string, { readonly usage: string; readonly text: string; readonly example: string }>
> = {
  let: {
    usage: 'let NAME = VALUE',
    text: 'Names a value. The name holds in this block.',
    example: 'let group = "dev"',
  },
  set: {
    usage: 'set NAME = VALUE',
    text: 'Gives a variable another value.',
    example: 'set count = $count + 1',
  },
  if: {
    usage: 'if CONDITION { ... } else if CONDITION { ... } else { ... }',
    text: 'Runs the first block whose condition is true.',
    example: 'if (device list | count) > 10 { print "many" } else { print "few" }',
  },
  else: {
    usage: 'if CONDITION { ... } else { ... }',
    text: 'The block that runs where no condition is true.',
    example: 'if $ok { print "yes" } else { print "no" }',
  },
  for: {
    usage: 'for NAME in LIST { ... }',
    text: 'Runs the block for each item.',
    example: 'for device in (device list) { print $device.name }',
  },
  while: {
    usage: 'while CONDITION { ... }',
    text: 'Runs the block again as long as the condition is true.',
    example: 'while $n > 0 { set n = $n - 1 }',
  },
  break: {
    usage: 'break',
    text: 'Leaves the nearest loop.',
    example: 'for n in [1, 2, 3] { if $n == 2 { break } }',
  },
  continue: {
    usage: 'continue',
    text: 'Goes on with the next round of the nearest loop.',
    example: 'for n in [1, 2] { if $n == 1 { continue }; print $n }',
  },
  return: {
    usage: 'return [VALUE]',
    text: 'Leaves the function, with a value.',
    example: 'fn double(n) { return $n * 2 }',
  },
  throw: {
    usage: 'throw MESSAGE',
    text: 'Fails with a message; "catch" takes it.',
    example: 'throw "no device is online"',
  },
  try: {
    usage: 'try { ... } catch [CODE] { ... } finally { ... }',
    text: 'Runs a block and takes its error. $err holds it.',
    example: 'try { device info --device lab-1 } catch NOT_FOUND { print "gone" }',
  },
  catch: {
    usage: 'try { ... } catch [CODE, ...] { ... }',
    text: 'Takes the errors of these codes, or all.',
    example: 'try { product list } catch NETWORK { print $err.message }',
  },
  finally: {
    usage: 'try { ... } finally { ... }',
    text: 'Runs whatever happened before it, also after Ctrl-C.',
    example: 'try { sleep 1s } finally { print "done" }',
  },
  fn: {
    usage: 'fn NAME(WORD, --option = DEFAULT) { ... }',
    text: 'Defines a function: a command of your own.',
    example: 'fn online(--dg = "dev") { device list --dg $dg --online }',
  },
  with: {
    usage: 'with product|dg|auth|env|dry-run|timeout ... { ... }',
    text: 'Changes a setting for a block.',
    example: 'with dg "Thermostat Development" { build deploy }',
  },
  exit: { usage: 'exit [CODE]', text: 'Ends the script or the prompt.', example: 'exit 3' },
  assert: {
    usage: 'assert CONDITION, MESSAGE',
    text: 'Fails with exit code 5 where the condition is false.',
    example: 'assert (device list --online | count) > 0, "nothing is online"',
  },
  source: { usage: 'source FILE', text: 'Reads a script into this scope.', example: 'source helpers.imptsh' },
  param: {
    usage: 'param NAME: TYPE = DEFAULT   # what it is',
    text: 'Declares an argument of the script; it is its help too.',
    example: 'param days: number = 7   # how far back',
  },
  imptsh: {
    usage: 'imptsh 1',
    text: 'Says which version of the language the script is written for.',
    example: 'imptsh 1',
  },
  match: {
    usage: 'match VALUE { CASE => { ... } }',
    text: 'Runs the block of the first case that fits.',
    example: 'match $kind { "a" => { print 1 }, else => { print 2 } }',
  },
  import: {
    usage: 'import NAME, ... from FILE | import FILE as NAME',
    text: 'Makes what a module exports known here.',
    example: 'import report from "lib/reports.imptsh"',
  },
  export: {
    usage: 'export fn NAME(...) { ... }',
    text: 'Makes a function known to scripts that import this one.',
    example: 'export fn double(n) { $n * 2 }',
  },
}
