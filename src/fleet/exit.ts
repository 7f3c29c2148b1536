/** Exit code of "something differs": one code for difference and failure is no use in CI. */
export const DIFFERS = 6
