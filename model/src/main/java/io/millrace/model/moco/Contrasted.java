package io.millrace.model.moco;

import ai.djl.ndarray.NDArray;
import ai.djl.training.GradientCollector;
import io.millrace.model.encoder.Encoder.Output;

/**
 * What a pass of queries leaves; all of it belongs to the step.
 *
 * @param gradient of the loss by the query encoder's parameters: (P)
 * @param loss a scalar
 * @param matching of queries and keys, sums: (3), see {@link InfoNce#matching}
 * @param features of the query views: (N, C)
 */
record Contrasted(NDArray gradient, NDArray loss, NDArray matching, NDArray features) {

    /** Goes back from the loss to the encoder's parameters. */
    static Contrasted backward(
            GradientCollector collector, NDArray loss, NDArray matching, Output query) {
        collector.backward(loss);
        return new Contrasted(
                query.parameters().getGradient(),
                loss.stopGradient(),
                matching,
                query.features().stopGradient());
    }

    /** The sum of two passes over the same pairs; features are the first one's. */
    Contrasted plus(Contrasted second) {
        return new Contrasted(
                gradient.addi(second.gradient),
                loss.add(second.loss),
                matching.add(second.matching),
                features);
    }
}
