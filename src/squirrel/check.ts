/** Checks Squirrel source without running it. */
import type { CompileMessage } from './language/syntax/compile-error.ts'
import { utf8Encode } from './utf8.ts'
import { compileSource } from './compile-program.ts'
import { programConstants } from './constants.ts'
import { libraryIn } from './library-folder.ts'
import type { DeviceFacts, Program } from './program.ts'

export type CompileError = CompileMessage

type CheckOptions = {
  /** Folders in which `#require` looks first. */
  libraries?: readonly string[]
  /** Where the code will run, for `__EI` and `__VARS`; neutral values otherwise. */
  program?: Program
  /** Values of `__VARS`, for a program outside of any group. */
  vars?: Readonly<Record<string, string | number>>
}

/**
 * The errors a deployment of the source would answer; none if it is good. `file` names it in them (`device_code`, `agent_code`); row and
 * column count from 1 in the text, or in the file that `#line` names.
 */
export function checkProgram(source: string, file: string, options: CheckOptions = {}): CompileError[] {
  return checkedProgram(source, file, options).errors
}

/** The same with the bytes that the compiled program takes on a device, its libraries included; 0 where it does not compile. */
export function checkedProgram(
  source: string,
  file: string,
  options: CheckOptions = {},
): { errors: CompileError[]; size: number } {
  const constants = programConstants(options.program ?? { ...soloProgram({}), envVars: options.vars ?? {} })
  const result = compileSource(utf8Encode(source), file, constants, libraryIn(options.libraries ?? []))
  return result.ok ? { errors: [], size: result.unit.size } : { errors: [...result.errors], size: 0 }
}

/** About how many bytes device code takes on a device, whatever its group's variables are; 0 where it does not compile here. */
export function deviceSize(source: string, libraries: readonly string[]): number {
  const constants = programConstants(soloProgram({}))
  constants.delete('__VARS')
  const result = compileSource(utf8Encode(source), 'device_code', constants, libraryIn(libraries))
  return result.ok ? result.unit.size : 0
}

/** A program outside of any group, for one file on a virtual device of its own. */
export function soloProgram(code: { deviceCode?: string; agentCode?: string }): Program {
  return {
    deploymentId: '00000000-0000-0000-0000-000000000000',
    sha: '0'.repeat(64),
    deviceCode: code.deviceCode ?? '',
    agentCode: code.agentCode ?? '',
    createdAt: '1970-01-01T00:00:00.000Z',
    product: { id: '', name: '' },
    group: { id: '', name: '', type: 'development_devicegroup' },
    envVars: {},
  }
}

/** The virtual device on which such a program runs. */
export const soloDevice: DeviceFacts = {
  id: '5000000000000001',
  agentId: 'virtual',
  agentUrl: 'http://localhost/virtual',
  mac: '0c:2a:69:00:00:01',
  impType: 'imp006',
  swversion: 'virtual - release-42 - sandbox',
  name: null,
}
