/** Istanbul's reports one by one: its own entry finds them by name, which no bundler can follow. */
declare module 'istanbul-reports/lib/*/index.js' {
  import type { ReportBase } from 'istanbul-lib-report'

  const Report: new (options: object) => ReportBase
  export default Report
}

/** The parts of the HTML report that are replaced. */
declare module 'istanbul-reports/lib/html/index.js' {
  import type { Context, ReportBase, ReportNode } from 'istanbul-lib-report'

  export default class HtmlReport extends ReportBase {
    constructor(options: object)
    linkMapper: { relativePath(from: ReportNode, to: ReportNode): string }
    onStart(root: ReportNode, context: Context): void
    getBreadcrumbHtml(node: ReportNode): string
    fillTemplate(node: ReportNode, data: Record<string, unknown>, context: Context): void
  }
}
