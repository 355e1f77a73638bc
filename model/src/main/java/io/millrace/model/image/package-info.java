/** From encoded bytes to 8-bit RGB, within limits; bad bytes are a value, never an exception. */
@NullMarked
package io.millrace.model.image;

import org.jspecify.annotations.NullMarked;
