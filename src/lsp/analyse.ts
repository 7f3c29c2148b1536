import type { AnalysisAnswer, AnalysisRequest } from './analysis-protocol.ts'
import { scriptFindings } from './imptsh/findings.ts'
import { squirrelFindings } from './squirrel/findings.ts'

/** All that is wrong with a text and what it includes. Reads files, runs nothing. */
export async function analyse(request: AnalysisRequest): Promise<AnalysisAnswer> {
  const { found, read } =
    request.language === 'imptsh' ? await scriptFindings(request) : await squirrelFindings(request)
  return { id: request.id, found: { [request.uri]: [], ...found }, read }
}
