package io.millrace.model.moco;

import ai.djl.ndarray.NDArray;

/**
 * What a pass of queries leaves; all of it belongs to the step.
 *
 * @param gradient of the loss by the query encoder's parameters: (P)
 * @param loss a scalar
 * @param hits queries whose own key is the most similar, a scalar
 * @param k keys: (N, D), L2-normalised
 * @param features of the query views: (N, C)
 */
record Contrasted(NDArray gradient, NDArray loss, NDArray hits, NDArray k, NDArray features) {}
