/** What `src/main/screens.ts` made when the program was built. */
export const screens: Readonly<Record<string, string>>
