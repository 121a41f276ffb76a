import { VALUE_STATES, list, plain } from '../fields.ts';

/** What is missing in a list that is otherwise told. */
export const gaps = list('Not told', 'what could not be told, and why', {
  subject: plain.text('Subject', 'what it is about, e.g. a mount point or a file'),
  state: plain.oneOf(VALUE_STATES, 'State', 'why it is missing'),
  message: plain.text('Message', 'what was tried'),
});
