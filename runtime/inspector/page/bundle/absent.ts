/** What a bundle does not hold. */
export class Absent extends Error {}
