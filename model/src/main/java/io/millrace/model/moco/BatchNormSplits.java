package io.millrace.model.moco;

import java.io.Serializable;

/**
 * Batch norm over parts of the batch, the statistics that several GPUs would see: sample n belongs
 * to split n mod S (SplitBatchNorm of the authors' CIFAR demo).
 *
 * @param splits S; 1 is ordinary batch norm
 * @param shuffleKeys whether the key batch is permuted before the key encoder and put back after
 *     it, so that a query and its key share no statistics (arXiv:1911.05722, section 3.3)
 */
public record BatchNormSplits(int splits, boolean shuffleKeys) implements Serializable {

    public BatchNormSplits {
        if (splits < 1) {
            throw new IllegalArgumentException("batch norm splits must be positive, got " + splits);
        }
    }
}
