package io.millrace.model.torch;

/**
 * The type convolutions and linear layers compute in. Parameters, statistics, loss, momentum
 * update, optimiser and queue are fp32 always.
 */
public enum Precision {
    /** bf16 where the device multiplies it in hardware, fp32 elsewhere. */
    AUTO,
    BF16,
    FP32
}
