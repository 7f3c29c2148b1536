/** Squirrel byte string to JavaScript text: UTF-8, with replacement characters for what is not. */
export function utf8Decode(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('utf8')
}

/** JavaScript text to the byte string Squirrel works with. */
export function utf8Encode(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1')
}
