/**
 * The records that travel between operators. Pure data: no behaviour beyond checking themselves.
 */
@NullMarked
package io.millrace.model.stream;

import org.jspecify.annotations.NullMarked;
