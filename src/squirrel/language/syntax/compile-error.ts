/** An error the compiler found, as a deployment answers it (impcentral-api.md 5): row and column count from 1 in the compiled text. */
export interface CompileMessage {
  readonly file: string
  readonly type: 'error'
  readonly row: number
  readonly column: number
  readonly text: string
}

/** Thrown inside the compiler; `compile` turns it into a CompileMessage. */
export class CompileError extends Error {
  readonly row: number
  readonly column: number
  constructor(text: string, row: number, column: number) {
    super(text)
    this.row = row
    this.column = column
  }
}
