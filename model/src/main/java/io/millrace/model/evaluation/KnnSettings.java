package io.millrace.model.evaluation;

import java.io.Serializable;

/**
 * How the online kNN classifies.
 *
 * @param bank labelled records that it keeps, the newest; 0 for no online kNN
 * @param k neighbours that vote
 * @param temperature T of the vote
 * @param perBatch records of a batch that are classified, all of which are kept
 */
public record KnnSettings(int bank, int k, double temperature, int perBatch)
        implements Serializable {

    /** No online kNN. */
    public static final KnnSettings OFF = new KnnSettings(0, 1, 0.1, 1);

    public KnnSettings {
        if (bank < 0 || k < 1 || !(temperature > 0) || perBatch < 1) {
            throw new IllegalArgumentException(
                    "expected a bank of 0 or more, 1 neighbour or more, a temperature above 0 and 1 record or more a batch, got %d, %d, %s and %d"
                            .formatted(bank, k, temperature, perBatch));
        }
    }
}
