package io.millrace.model.moco;

import java.util.Locale;

/** Where the keys come from that a query is contrasted with (arXiv:1911.05722, figure 2). */
public enum Mechanism {
    /** A momentum encoder's keys, and a queue of those of earlier batches: MoCo v1 and v2. */
    MOMENTUM_QUEUE,
    /**
     * A momentum encoder's keys of the same batch, symmetric, without a queue: MoCo v3,
     * arXiv:2104.02057.
     */
    MOMENTUM_BATCH,
    /**
     * The other views of the batch by the encoder itself, with gradient to both: SimCLR,
     * arXiv:2002.05709.
     */
    END_TO_END,
    /**
     * The encoder's own representations of images at the time they were last seen, sampled from a
     * bank: arXiv:1805.01978.
     */
    MEMORY_BANK;

    /** As settings name it. */
    String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Whether keys come from an encoder of their own, which follows the query encoder. */
    public boolean hasKeyEncoder() {
        return this == MOMENTUM_QUEUE || this == MOMENTUM_BATCH;
    }
}
