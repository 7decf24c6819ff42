const words =
  /(?:^|[^\p{L}])(grand total|(?:sub)?totals?|sum|all|overall|summe|zwischensumme|(?:ins)?gesamt|alle|totale?s?|somme|ensemble|suma|todos)(?:$|[^\p{L}])/iu;

/** Whether a name is what reports call the row that adds up the others. */
export const soundsLikeTotal = (name: string): boolean => words.test(name);
