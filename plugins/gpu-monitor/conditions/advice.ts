/** What several conditions advise. */
export const RESET_ADVICE = 'Drain the node, stop everything that uses the GPU, and run `nvidia-smi --gpu-reset -i <PCI address>`; reboot where it refuses.';
export const REPLACE_ADVICE = 'Take the GPU out of use: drain the node, run the field diagnostics of NVIDIA or the vendor, and have the board replaced.';
