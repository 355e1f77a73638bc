/** Residual networks and projection heads with torchvision's structure and names. */
@NullMarked
package io.millrace.model.encoder;

import org.jspecify.annotations.NullMarked;
