import type { Context, ReportNode } from 'istanbul-lib-report'
import HtmlReport from 'istanbul-reports/lib/html/index.js'
import type { memoryWriter } from './memory-writer.ts'

type Writer = ReturnType<typeof memoryWriter>

/** The files that stand beside the pages, by name, in base64: the built program holds them, since it may be a single file. */
declare const IMPT_COVERAGE_ASSETS: string | undefined

/** Istanbul's pages, with its assets out of the program, and with names of files written as text. */
export class Pages extends HtmlReport {
  override onStart(root: ReportNode, context: Context): void {
    if (typeof IMPT_COVERAGE_ASSETS === 'undefined') return super.onStart(root, context)
    for (const [name, content] of Object.entries(
      JSON.parse(IMPT_COVERAGE_ASSETS) as Record<string, string>,
    )) {
      const file = context.writer.writeFile(name) as unknown as ReturnType<Writer['writeFile']>
      file.write(Buffer.from(content, 'base64'))
      file.close()
    }
  }

  override getBreadcrumbHtml(node: ReportNode): string {
    const names = []
    for (let at: ReportNode | undefined = node; at; at = at.getParent() as ReportNode | undefined) {
      const name = escaped(at.getRelativeName() || 'All files')
      const target = escaped(encodeURI(this.linkMapper.relativePath(node, at)))
      names.unshift(at === node ? name : `<a href="${target}">${name}</a>`)
    }
    return names.join(' / ')
  }

  override fillTemplate(node: ReportNode, data: Record<string, unknown>, context: Context): void {
    super.fillTemplate(node, data, context)
    data['entity'] = escaped(String(data['entity']))
  }
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`)
}
