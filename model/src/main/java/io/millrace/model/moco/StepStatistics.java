package io.millrace.model.moco;

/**
 * How training went since statistics were last taken.
 *
 * @param steps steps that the means cover
 * @param loss mean InfoNCE, nats; NaN or infinite when training has diverged, NaN for no steps
 * @param accuracy mean (1+K)-way accuracy, 0 to 1; NaN for no steps
 * @param learningRate of the last step
 */
public record StepStatistics(int steps, double loss, double accuracy, double learningRate) {}
