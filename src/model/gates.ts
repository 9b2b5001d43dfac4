/**
 * What can make a record doubtful, in the order in which it is listed to a user.
 *
 * | gate | trips when |
 * |---|---|
 * | `placeholder` | a text stands where one should be written, or an answer below many questions, word for word |
 * | `padding` | a text goes round in circles |
 * | `missing` | a field that is expected beside the required ones is not there |
 * | `short` | a text is empty, too short to be one, or a small part of the answer that it refines |
 * | `same` | the answer says the question again |
 * | `language` | a text is in another language than the others |
 * | `count` | an answer holds more or fewer records than its prompt asked for |
 */
export const GATES = ['placeholder', 'padding', 'missing', 'short', 'same', 'language', 'count'] as const;

export type Gate = (typeof GATES)[number];
