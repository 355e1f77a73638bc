/**
 * One class per Flink operator: state, outputs and metrics. What they compute lives in the model.
 */
@NullMarked
package io.millrace.operators;

import org.jspecify.annotations.NullMarked;
