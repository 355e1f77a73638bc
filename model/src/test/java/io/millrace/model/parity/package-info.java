/** Outputs of the reference implementations, and the formula their weights and inputs come from. */
@NullMarked
package io.millrace.model.parity;

import org.jspecify.annotations.NullMarked;
