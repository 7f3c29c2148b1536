// The build makes the page of its sources and gives its files as text.
declare module '*/page/index.html' {
  export const html: string
  export const script: string
  export const style: string
}
