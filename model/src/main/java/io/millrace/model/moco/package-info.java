/** Momentum Contrast: query and key encoders, queue, loss, update. */
@NullMarked
package io.millrace.model.moco;

import org.jspecify.annotations.NullMarked;
