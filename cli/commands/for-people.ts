/** Commands for people, loaded together: each module of its own costs the start of the sidecar more than it saves. */
export { check } from './check.ts';
export { demo } from './demo.ts';
export { poll } from './poll.ts';
export { ports } from './ports.ts';
export { share } from './share.ts';
export { validate } from './validate.ts';
export { verify } from './verify.ts';
