/** The bounds of charts, each with its reason. */
export const chartLimits = {
  /** Before a layout is given up: a hundred times what a usual one takes, so a second try is in vain. */
  layoutMs: 20_000,
  /** Layouts kept in memory, some kilobytes each: more kinds than anybody hosts. */
  layouts: 100,
  /** Characters of one word; the whole one is in a title. */
  wordCharacters: 44,
  /** Rows in a box: more make a list of it that nobody reads in a picture. */
  boxRows: 14,
  /** Rows at an arrow. */
  labelRows: 5,
} as const;
