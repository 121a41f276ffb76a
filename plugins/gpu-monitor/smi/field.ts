/**
 * One value as nvidia-smi printed it. What is no value is told apart, since each means something else, and none of it means 0:
 *
 * - `absent`: this output has no such element or column (an older or newer driver);
 * - `unsupported`: the device or its configuration has no such thing: `N/A`, `[Not Supported]`, deprecated, no permission, nothing at all;
 * - `lost` and `reset-required`: the driver's word on the whole GPU: `GPU is lost`, `[GPU requires reset]`;
 * - `failed`: it should be there and could not be read: `Unknown Error`, `ERR!`, or a value that was there before in this very configuration.
 */
export type Field =
  | { readonly kind: 'value'; readonly text: string }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unsupported' | 'lost' | 'reset-required' | 'failed'; readonly text: string };
