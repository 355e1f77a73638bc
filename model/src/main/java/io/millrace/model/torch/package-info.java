/** What DJL lacks: bf16 operations, threads, device, flat parameters. */
@NullMarked
package io.millrace.model.torch;

import org.jspecify.annotations.NullMarked;
