import type { Command } from '../command.ts';
import { check } from './check.ts';
import { demo } from './demo.ts';
import { poll } from './poll.ts';
import { serve } from './serve.ts';
import { validate } from './validate.ts';

/** Every command, in the order of the help text. */
export const commands: readonly Command[] = [demo, serve, check, poll, validate];
