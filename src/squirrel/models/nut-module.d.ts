// The build takes these files as text.
declare module '*.nut' {
  const text: string
  export default text
}
