/** Sinks to local files that hold what checkpoints committed. */
@NullMarked
package io.millrace.connectors.files;

import org.jspecify.annotations.NullMarked;
